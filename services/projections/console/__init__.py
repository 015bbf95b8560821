"""The console: pages over the views, for people. Reads the views, and posts commands to the services by the front door.

Pure: `words`, `reader`, `worklist`, `case`, `timeline`, `commands`, `board`, `faster` make what a page shows of what the
views hold. With the world: `session`, `rendering`, `routes`.
"""

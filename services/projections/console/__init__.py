"""The console: pages over the views, for people. It reads the views; commands go to the services by the front door.

Pure: `words`, `reader`, `worklist`, `case`, `timeline`, `forms`, `board`, `faster` make of what the views hold what a
page says. With the world: `session`, `rendering`, `questions`, `door`, `routes`.
"""

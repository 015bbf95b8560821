"""What each chapter's facts change on the page of a case: one function a fact, one file a chapter."""

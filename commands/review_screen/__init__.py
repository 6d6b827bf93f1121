"""The screen of `section9 review`: a list, a reading pane, and a key for everything."""

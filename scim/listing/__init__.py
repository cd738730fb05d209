"""Lists: paging, cursors, sorting, fast look-ups."""

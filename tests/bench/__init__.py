"""`make bench`: the pages against a signed-in page that holds nothing. See docs/performance.md."""

"""What each page of the site needs beyond the `View`: one module per page, one function in each."""

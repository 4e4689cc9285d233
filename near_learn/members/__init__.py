"""People, groups and organisations, looked after by those who answer for them; and the ways into a group."""

"""The authoring desk: a trainer writes, checks, previews, translates and publishes courses in the browser."""

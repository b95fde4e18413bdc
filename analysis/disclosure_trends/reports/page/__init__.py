"""An executed notebook becomes one offline page."""

"""One file a platform; each fills the Channel port of app.outlets.ports."""

"""One file a platform; each fills the Channel port of app.outreach.outlets.ports."""

import "htmx.org/dist/htmx.esm.js";
import "./menu.js";
// the order matters: first the question, then the line, then the second click
import "./confirm.js";
import "./drafts.js";
import "./submit.js";
import "./focus.js";
import "./when.js";
import "./copy.js";
import "./waiting.js";
import "./media.js";
import "./people.js";
import "./posts.js";
import "./printing.js";
import "./events.js";
import "./reports.js";
import "./keying.js";

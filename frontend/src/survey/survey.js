import { Interview } from "./interview.js";

window.Interview = Interview;

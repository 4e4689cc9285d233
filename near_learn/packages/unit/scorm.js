// A unit that reports through a SCORM run-time, 1.2 or 2004 4th edition: completion, score, place, interactions.
// The run-time is an object that the platform puts into a window around or behind this one.
"use strict";

(function (near) {
  near.transport = {};
})((globalThis.near = globalThis.near || {}));

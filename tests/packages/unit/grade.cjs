// Marks the cases on standard input with the scripts of a packaged unit; the results go to standard output.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const { folder, questions, cases } = JSON.parse(fs.readFileSync(0, "utf8"));
for (const name of ["grading.js", "drawing.js"]) {
  vm.runInThisContext(fs.readFileSync(path.join(folder, name), "utf8"), { filename: name });
}
const { near } = globalThis;

function marked([name, response]) {
  try {
    return near.grade(questions[name], response);
  } catch (problem) {
    if (problem instanceof RangeError) return "refused";
    throw problem;
  }
}

const ids = (items) => items.map((item) => item.id);
process.stdout.write(
  JSON.stringify({
    grades: cases.grades.map(marked),
    refused: cases.refused.map(marked),
    same: [...cases.same, ...cases.different].map(([one, other]) => near.same(one, other)),
    typed: cases.typed.map(([text]) => near.typed(text)),
    quizzes: cases.quizzes.map(({ answers }) =>
      near.quizScore(answers.map(([name, weight, response]) => [
        { ...questions[name], weight }, near.grade(questions[name], response),
      ]))),
    drawn: cases.drawn.map(({ quiz, draw, seed }) => ids(near.drawn(quiz, draw, seed))),
    stand: cases.stand.map(({ question, seed, shuffle }) => [
      ids(near.options(questions[question], seed, shuffle)), ids(near.targets(questions[question], seed)),
    ]),
    hashes: cases.hashes.map(near.sha256),
    simple: cases.simple.map(near.simple),
  }),
);

// Pages about files, data sets and the machine.
import AdamData
import AdamLibrary

extension Explanation {
  static let files: [Explanation] = [
    Explanation(
      .fileAccess, "a file cannot be opened, read or written",
      """
      The system's reason is in the message. Paths are relative to the folder in which adam was started.
      """,
      wrong: "data = csv(\"houses.csv\", target=\"price\")",
      right: "data = csv(\"house.csv\", target=\"price\")",
      files: ["house.csv": "rooms,price\n3,100\n4,150\n"]),
    Explanation(
      .wrongFileKind, "a file of another kind",
      """
      The file's first bytes or its name say that it is something else than what the reader takes.
      """,
      wrong: "data = csv(\"net.csv\", target=\"price\")",
      right: "data = csv(\"house.csv\", target=\"price\")",
      files: ["net.csv": "\u{1f}\u{8b}\u{8}\u{0}packed\n", "house.csv": "rooms,price\n3,100\n"]),
    Explanation(
      .malformedTable, "a table whose rows differ",
      """
      Each row has as many fields as the header; a quote that is opened is closed; the separator is the
      same throughout. The note names the line and column in the file.
      """,
      wrong: """
      data = csv("house.csv", target="price")
      print data.rows
      """,
      right: """
      data = csv("good.csv", target="price")
      print data.rows
      """,
      files: ["house.csv": "rooms,price\n3,100,7\n", "good.csv": "rooms,price\n3,100\n"]),
    Explanation(
      .notANumber, "a cell that is no number",
      """
      Columns hold numbers, except classes (`label=`). The note names the place in the file. Leave a
      column out with `inputs=[…]`, or mend the cell.
      """,
      wrong: """
      data = csv("house.csv", target="price")
      print data.rows
      """,
      right: """
      data = csv("good.csv", target="price")
      print data.rows
      """,
      files: ["house.csv": "rooms,price\n3,100\nfour,150\n", "good.csv": "rooms,price\n3,100\n4,150\n"]),
    Explanation(
      .missingValues, "cells without a value",
      """
      Empty cells, `NA`, `nan` and the like are never read as numbers. Mend the file, or say what to do
      where the reader has an option for it.
      """,
      wrong: """
      data = csv("house.csv", target="price")
      print data.rows
      """,
      right: """
      data = csv("good.csv", target="price")
      print data.rows
      """,
      files: ["house.csv": "rooms,price\n3,100\n,150\n", "good.csv": "rooms,price\n3,100\n4,150\n"]),
    Explanation(
      .columnNames, "a column that is not there",
      """
      Names of columns stand in the first line of the file; each once, none empty. The message lists the
      nearest.
      """,
      wrong: "data = csv(\"house.csv\", target=\"prize\")",
      right: "data = csv(\"house.csv\", target=\"price\")",
      files: ["house.csv": "rooms,price\n3,100\n"]),
    Explanation(
      .noRows, "no rows",
      """
      The table has a header and nothing below it, or a part of the data came out empty.
      """,
      wrong: """
      data = csv("house.csv", target="price")
      print data.rows
      """,
      right: """
      data = csv("good.csv", target="price")
      print data.rows
      """,
      files: ["house.csv": "rooms,price\n", "good.csv": "rooms,price\n3,100\n"]),
    Explanation(
      .damagedTensors, "a damaged safetensors file",
      """
      The file begins like a model file and breaks its format: it was cut off or written by something
      else.
      """,
      wrong: "m = load(\"net.safetensors\")",
      right: """
      model = linear(2, 1)
      save "net.safetensors"
      m = load("net.safetensors")
      """,
      files: ["net.safetensors": "\u{10}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}{\"a\":\n"]),
    Explanation(
      .noPart, "the data has no such part",
      """
      `split(train=…, val=…, test=…)` makes the parts of a data set. With parts, `eval` and `predict` need
      one of them; `train` uses `train`.
      """,
      wrong: """
      data = ([[1], [2], [3], [4]], [[1], [2], [3], [4]]) |> split(train=0.5, test=0.5)
      model = linear(1, 1)
      eval data
      """,
      right: """
      data = ([[1], [2], [3], [4]], [[1], [2], [3], [4]]) |> split(train=0.5, test=0.5)
      model = linear(1, 1)
      eval data.test
      """),
    Explanation(
      .splitFractions, "parts that do not make a whole",
      """
      The fractions given to `split` sum to 1, so that every row belongs to exactly one part.
      """,
      wrong: "data = ([[1], [2]], [[1], [2]]) |> split(train=0.8, test=0.1)",
      right: "data = ([[1], [2]], [[1], [2]]) |> split(train=0.5, test=0.5)"),
    Explanation(
      .fittedBeforeSplit, "scaled before it was split",
      """
      A step that was fitted to all rows has seen the test rows too. Split first; then the statistics are
      those of the training rows. `fit="all"` says that all rows are meant.
      """,
      wrong: """
      data = ([[1], [2], [3], [4]], [[1], [2], [3], [4]]) |> standardize() |> split(train=0.5, test=0.5)
      """,
      right: """
      data = ([[1], [2], [3], [4]], [[1], [2], [3], [4]]) |> split(train=0.5, test=0.5) |> standardize()
      """),
    Explanation(
      .noTargets, "the data has no target",
      """
      The loss compares with a target and the data has only inputs. Name the target column, give `(x, y)`,
      or write a loss of the prediction alone.
      """,
      wrong: """
      data = [[1, 2], [3, 4]]
      model = linear(2, 1)
      loss = mse()
      train 5
      """,
      right: """
      data = ([[1, 2], [3, 4]], [[1], [2]])
      model = linear(2, 1)
      loss = mse()
      train 5
      """),
    Explanation(
      .cannotSave, "this cannot be saved so",
      """
      The name's ending decides what is written: `.safetensors` holds a model.
      """,
      wrong: """
      model = linear(2, 1)
      save "net.csv"
      """,
      right: """
      model = linear(2, 1)
      save "net.safetensors"
      """),
    Explanation(
      .outputFailed, "the output cannot be written",
      """
      What the script prints does not reach its place: the disk is full or the reader has gone.
      """,
      wrong: "print \"much text\"",
      right: "print \"much text\"",
      circumstances: .fullDisk),
    Explanation(
      .badOption, "this machine cannot do that",
      """
      The number of threads or the instruction set asked for is not there. Neither changes any result;
      leave the choice to adam.
      """,
      wrong: "print 1",
      right: "print 1",
      circumstances: .otherMachine),
    Explanation(
      .badSetting, "`--set` finds nothing to set",
      """
      `--set NAME=VALUE` replaces the value of the first top-level `NAME = …` of the script. The value there
      is a number, a string, true or false, and the new one is of the same kind. A setting that would
      change nothing is an error, so that no run is another than the one that was asked for.
      """,
      wrong: "lr = 0.1\nprint lr",
      right: "rate = 0.1\nprint rate",
      circumstances: .setting),
  ]
}

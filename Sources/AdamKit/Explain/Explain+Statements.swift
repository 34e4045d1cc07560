// Pages about brackets, operators and statements.
import AdamSyntax

extension Explanation {
  static let statements: [Explanation] = [
    Explanation(
      .unclosed, "a bracket is never closed",
      """
      Every `(`, `[` and `{` needs its closing partner. Where the bracket was opened is marked; where a
      new statement begins at or left of the statement that opened it, adam takes that statement as
      finished there. Close the bracket.
      """,
      wrong: """
      model = seq(linear(2, 16), relu, linear(16, 1)
      print 1
      """,
      right: """
      model = seq(linear(2, 16), relu, linear(16, 1))
      print 1
      """),
    Explanation(
      .unexpected, "something else must stand here",
      """
      The word or sign that is marked cannot stand in this place. The message says what could. Often a
      comma is missing, a bracket too many, or an operator has only one side.
      """,
      wrong: "print max(1 2)",
      right: "print max(1, 2)"),
    Explanation(
      .tooDeep, "nested too deeply",
      """
      Brackets, blocks, chains of `-` and of `^` may be nested 200 deep. Give inner parts names of their
      own.
      """,
      wrong: "x = " + String(repeating: "[", count: 201) + "1" + String(repeating: "]", count: 201),
      right: """
      inner = [[1]]
      print [inner]
      """),
    Explanation(
      .spacedMinus, "a `-` that could subtract or start another value",
      """
      In a list and behind a verb, `x -1` may mean `x - 1` or the two values `x, -1`. Nothing is guessed:
      put a space on both sides, or a comma between.
      """,
      wrong: """
      x = 3
      print x -1
      """,
      right: """
      x = 3
      print x - 1
      """),
    Explanation(
      .chainedComparison, "comparisons do not chain",
      """
      `0 < x` is true or false already, and true is not less than 1. Say both comparisons and join them by
      `and`.
      """,
      wrong: """
      x = 0.5
      print 0 < x < 1
      """,
      right: """
      x = 0.5
      print 0 < x and x < 1
      """),
    Explanation(
      .unaryPlus, "there is no unary `+`",
      """
      A number without a sign is positive. Delete the `+`.
      """,
      wrong: "print max(+1, 2)",
      right: "print max(1, 2)"),
    Explanation(
      .colonSlice, "slices are ranges here",
      """
      A slice is written with the ranges of the language: `x[1..<5]` without its end, `x[1...4]` with it,
      `x[1...]` and `x[..<5]` open. `:` alone takes a whole axis, as in `x[:, 0]`.
      """,
      wrong: """
      x = [1, 2, 3, 4, 5, 6]
      print x[1:5]
      """,
      right: """
      x = [1, 2, 3, 4, 5, 6]
      print x[1..<5]
      """),
    Explanation(
      .emptyIndex, "an index without a position",
      """
      Brackets behind a value take at least one position: `x[0]`, or `x[:]` for all.
      """,
      wrong: """
      x = [1, 2]
      print x[]
      """,
      right: """
      x = [1, 2]
      print x[0]
      """),
    Explanation(
      .lambdaOperand, "a function inside an operator needs parentheses",
      """
      The body of `fn(x)` takes everything to its right, so in `1 + fn(x) x` it would not be clear where
      it ends.
      """,
      wrong: "print 1 + fn(x) x",
      right: """
      f = fn(x) x
      print 1 + f(1)
      """),
    Explanation(
      .verbBound, "a verb cannot be a name",
      """
      `train eval predict save load print plot show seed export check assert on sweep resume` are verbs:
      they do something. As a variable, `seed = 42` would silently seed nothing. Write the verb (`seed
      42`), or choose another name.
      """,
      wrong: "seed = 42",
      right: "seed 42"),
    Explanation(
      .verbCallComma, "a comma behind a call",
      """
      `print(1)` without a space is a whole call, so nothing can follow its parenthesis. Take the rest
      into the parentheses, or put a space before them: `print (1), 2`.
      """,
      wrong: "print(1), 2",
      right: "print(1, 2)"),
    Explanation(
      .tupleMismatch, "values side by side",
      """
      Values with commas between them stand in brackets: a tuple `(a, b)` or a list `[a, b]`. Without
      brackets they may only be given to as many names: `a, b = 1, 2`.
      """,
      wrong: "x = 1, 2",
      right: "x = (1, 2)"),
    Explanation(
      .invalidTarget, "this cannot be assigned",
      """
      Names, fields and elements can be assigned: `a = 3`, `r.b = 3`, `xs[0] = 3`. An assignment has no
      value, so `a = b = 3` is two. To compare, write `==`.
      """,
      wrong: "a = b = 3",
      right: "a = 3; b = 3"),
    Explanation(
      .missingEnd, "the statement should have ended",
      """
      A statement ends with its line or with `;`. Something stands behind it that does not belong to it: a
      comma or an operator is missing, or a second statement should begin.
      """,
      wrong: "a = 1 b = 2",
      right: "a = 1; b = 2"),
    Explanation(
      .leadingOperator, "a line starts with an operator",
      """
      A line that ends in an operator goes on in the next one; a line that starts with an operator would
      leave the one above complete. End the line above with it.
      """,
      wrong: """
      x = 1
      + 2
      """,
      right: """
      x = 1 +
        2
      """),
    Explanation(
      .leadingPipe, "nothing stands before this `|>`",
      """
      `x |> f` gives `x` to `f`. A `|>` may start a line, but a value must stand above it.
      """,
      wrong: "|> print",
      right: """
      x = [1, 2]
        |> len
      """),
    Explanation(
      .checkNeedsGrad, "`check` is followed by `grad`",
      """
      There is one check: `check grad` compares the gradients of the loss with finite differences.
      """,
      wrong: """
      model = linear(1, 1)
      check model
      """,
      right: """
      model = linear(1, 1)
      check grad
      """),
    Explanation(
      .pipeInVerb, "a `|>` that could take the result or the argument",
      """
      In `m = load "f" |> freeze` the pipe could take the file's name or the model. Say which with
      parentheses.
      """,
      wrong: "p = predict [[1, 2]] |> len",
      right: """
      model = linear(2, 1)
      p = predict([[1, 2]]) |> len
      """),
    Explanation(
      .trailingComma, "a comma continues the statement",
      """
      Behind a comma the statement of a verb goes on in the next line. Delete the comma, or write the
      argument that is missing.
      """,
      wrong: "print 50,",
      right: "print 50"),
  ]
}

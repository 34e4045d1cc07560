// Pages about what values can do, and what stops a script.
import AdamLibrary
import AdamSemantics

extension Explanation {
  static let values: [Explanation] = [
    Explanation(
      .notYet, "not in this version",
      """
      The language has this, and this version of adam does not do it yet. It says so instead of doing
      something else. There is no other spelling that would make it work.
      """,
      wrong: """
      model = linear(2, 1)
      export "net.onnx"
      """,
      right: """
      model = linear(2, 1)
      print model.weight.shape
      """),
    Explanation(
      .divisionByZero, "division by zero",
      """
      Dividing numbers by zero is an error, and so is the remainder. Tensors follow the rules of floating
      point instead and give `inf` or `nan`.
      """,
      wrong: """
      rows = 0
      print 1 / rows
      """,
      right: """
      rows = 4
      print 1 / rows
      """),
    Explanation(
      .forbiddenInHook, "an `on` block cannot do this",
      """
      An `on` block runs inside a training. It may print, look at the model, change outer variables and
      `opt.lr`, and end the training with `break`; it may not start another training nor put something
      else in the place of `model`, `data`, `loss` or `opt`.
      """,
      wrong: "on epoch { opt = sgd(lr=0.1) }",
      right: """
      opt = sgd(lr=0.1)
      on epoch { opt.lr = 0.01 }
      """),
    Explanation(
      .numberOverflow, "a result that is no number",
      """
      A number holds up to 1.8e308, an element of a tensor up to 3.4e38; the square root and the logarithm
      of a negative number are no numbers. Such results are errors here and never go on as `inf` or `nan`.
      """,
      wrong: """
      x = -8
      print x ^ 0.5
      """,
      right: """
      x = 8
      print x ^ 0.5
      """),
    Explanation(
      .badConversion, "this does not become the other kind",
      """
      A tensor is made of numbers in rows of one length, a number of a string that holds one, and sizes
      must keep the number of elements.
      """,
      wrong: "print tensor([[1, 2], [3]])",
      right: "print tensor([[1, 2], [3, 4]])"),
    Explanation(
      .badFormat, "the format does not fit the value",
      """
      `d` and `x` take whole numbers, `e f g %` any number, `s` and an alignment anything.
      """,
      wrong: """
      x = 1.5
      print "{x:d}"
      """,
      right: """
      x = 1.5
      print "{x:.1f}"
      """),
    Explanation(
      .failedAssertion, "an assertion does not hold",
      """
      `assert` ends the script when its condition is false. The message shows both sides.
      """,
      wrong: """
      loss = 0.5
      assert loss < 0.1, "the model did not learn"
      """,
      right: """
      loss = 0.05
      assert loss < 0.1, "the model did not learn"
      """),
    Explanation(
      .callDepth, "too many calls inside each other",
      """
      A call inside a call inside a call goes 200 deep at most. Mostly a function calls itself and its end
      is never reached. What has to go deeper is a loop.
      """,
      wrong: """
      fn f(n) f(n + 1)
      print f(0)
      """,
      right: """
      fn f(n) if n == 0 { 0 } else { f(n - 1) }
      print f(5)
      """),
    Explanation(
      .budgetExhausted, "the budget of operations is used up",
      """
      The program that runs this script gave it a number of operations, and it needs more. A loop may be
      without end.
      """,
      wrong: "while true { }",
      right: "for i in 0..<10 { }",
      circumstances: .budget),
    Explanation(
      .interrupted, "interrupted",
      """
      The script was stopped from outside, by Ctrl-C or by the program that runs it. A training keeps the
      weights of its last whole step.
      """,
      wrong: "for i in 0..<1000000 { }",
      right: "for i in 0..<10 { }",
      circumstances: .cancelled),
    Explanation(
      .outOfMemory, "larger than the memory",
      """
      A tensor, a string or a list needs more memory than there is. The message says how much. Make
      batches smaller or work on parts.
      """,
      wrong: "x = zeros(1048576, 1048576)",
      right: "x = zeros(1024, 1024)"),
    Explanation(
      .cannotAssign, "this part cannot be assigned",
      """
      Elements of lists and tensors and fields of records can be assigned; tuples, strings and ranges are
      made anew.
      """,
      wrong: """
      x = (1, 2)
      x[0] = 3
      """,
      right: """
      x = [1, 2]
      x[0] = 3
      """),
    Explanation(
      .unknownChoice, "none of the choices",
      """
      The option takes one of a few words, which the message lists.
      """,
      wrong: "data = ([[1], [2]], [[1], [2]]) |> split(train=0.5, test=0.5, order=\"files\")",
      right: "data = ([[1], [2]], [[1], [2]]) |> split(train=0.5, test=0.5, order=\"file\")"),
  ]
}

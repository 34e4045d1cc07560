// Pages about names, arguments and values.
import AdamLibrary
import AdamSemantics

extension Explanation {
  static let names: [Explanation] = [
    Explanation(
      .unknownName, "a name without a value",
      """
      Nothing of this name is there: neither a variable that was assigned above nor a function of adam.
      Names of functions are looked up when the function runs; a name that a function assigns is its own
      local, so reading it before is an error too, even if an outer variable has the same name: give such
      a value as an argument and return the new one. `adam doc` lists the names there are.
      """,
      wrong: "model = lineer(2, 1)",
      right: "model = linear(2, 1)"),
    Explanation(
      .unknownOption, "no option of this name",
      """
      An option that does not exist is never ignored. The note lists the options with their defaults;
      `adam doc NAME` explains them.
      """,
      wrong: "opt = adam(lr=1e-3, wieght_decay=0.1)",
      right: "opt = adam(lr=1e-3, weight_decay=0.1)"),
    Explanation(
      .missingArgument, "an argument is missing",
      """
      The call leaves out what has no default. The note shows all that the function takes.
      """,
      wrong: "model = linear(2)",
      right: "model = linear(2, 1)"),
    Explanation(
      .tooManyArguments, "more arguments than the function takes",
      """
      The note shows what the function takes. Some options must be named: `adam(0.1, weight_decay=0.2)`.
      """,
      wrong: "opt = adam(0.1, 0.2)",
      right: "opt = adam(0.1, weight_decay=0.2)"),
    Explanation(
      .argumentGivenTwice, "an argument is given twice",
      """
      An argument is given by position or by name, once; `train` counts epochs or steps, not both.
      """,
      wrong: "opt = adam(0.1, lr=0.2)",
      right: "opt = adam(0.1)"),
    Explanation(
      .notCallable, "called, but no function",
      """
      Parentheses behind a value call it, and this value is no function. Perhaps an operator is missing,
      or a variable has the name of a function and hides it.
      """,
      wrong: """
      n = 3
      print n(4)
      """,
      right: """
      n = 3
      print n * 4
      """),
    Explanation(
      .noSuchField, "no field of this name",
      """
      A record, model or data set has the fields that the note lists. `v.f(x)` is the field `f` of `v`,
      else the function call `f(v, x)`.
      """,
      wrong: """
      r = (loss=0.5, steps=3)
      print r.los
      """,
      right: """
      r = (loss=0.5, steps=3)
      print r.loss
      """),
    Explanation(
      .badIndex, "an index that does not fit",
      """
      Elements are counted from 0 and, with negative numbers, from the end: a list of three has the places
      -3 to 2. Layers of a model count likewise, `model[0]`. An index is a whole number, and a tensor
      takes at most one for each axis.
      """,
      wrong: """
      xs = [1, 2, 3]
      print xs[3]
      """,
      right: """
      xs = [1, 2, 3]
      print xs[2]
      """),
    Explanation(
      .wrongKind, "an argument of another kind",
      """
      The function needs another kind of value here: a whole number, a list, a model. Nothing is converted
      in silence; `number("3")` and `tensor([1, 2])` convert on request.
      """,
      wrong: "model = linear(\"2\", 1)",
      right: "model = linear(2, 1)"),
    Explanation(
      .outOfRange, "a number outside its range",
      """
      The option takes only numbers of a range that the message names: a learning rate is not negative, a
      probability lies between 0 and 1, a size is at least 1.
      """,
      wrong: "opt = adam(lr=-1)",
      right: "opt = adam(lr=0.001)"),
    Explanation(
      .operandKinds, "the operator does not take these kinds",
      """
      `+ - * / % ^` work on numbers and tensors, `+` joins strings, `++` joins lists. A number goes into a
      string by `"{x}"`. Two lists are neither joined nor added by `+`, because either could be meant: `a
      ++ b` joins, `tensor(a) + b` adds.
      """,
      wrong: "print \"loss \" + 0.5",
      right: "print \"loss {0.5}\""),
    Explanation(
      .badCondition, "a condition that is not true or false",
      """
      `if`, `while`, `assert`, `and`, `or` and `not` take true or false; numbers, lists and `none` are
      neither. A comparison of tensors has one value for each element: say `all(…)` or `any(…)`, or choose
      by element with `where(c, a, b)`.
      """,
      wrong: """
      n = 3
      if n { print "some" }
      """,
      right: """
      n = 3
      if n > 0 { print "some" }
      """),
    Explanation(
      .notIterable, "nothing to loop over",
      """
      `for` goes over a range, a list, a tensor's rows or a data set's batches. To count, write a range:
      `0..<5` without its end, `1...5` with it.
      """,
      wrong: "for i in 5 { print i }",
      right: "for i in 0..<5 { print i }"),
    Explanation(
      .wrongCount, "more or fewer names than values",
      """
      `a, b = v` takes a value apart that has exactly as many parts as there are names.
      """,
      wrong: "a, b = [1, 2, 3]",
      right: "a, b, c = [1, 2, 3]"),
  ]
}

// Pages about warnings of names and functions; the names silence them or make them errors.
import AdamSemantics

extension Explanation {
  static let warnings: [Explanation] = [
    Explanation(
      .maybeUnset, "a name that may have no value",
      """
      The name is assigned on some of the ways that lead here and not on others, for example in one branch
      of an `if` or in a loop that may not run. Give it a value before.
      """,
      wrong: """
      x = randn(1)
      if sum(x) > 100 { big = true }
      big = if sum(x) > 100 { big } else { false }
      """,
      right: """
      x = randn(1)
      big = false
      if sum(x) > 100 { big = true }
      print big
      """),
    Explanation(
      .unusedValue, "a value that nothing uses",
      """
      The statement computes a value and forgets it. Print it or give it a name. `=` assigns, `==`
      compares.
      """,
      wrong: """
      x = 1
      x == 2
      """,
      right: """
      x = 1
      print x == 2
      """),
    Explanation(
      .shadowsBuiltin, "a variable with the name of a function",
      """
      From here on the name means the variable, and the function of adam cannot be reached by it. That is
      allowed, because new functions of adam must not break your scripts; another name is clearer.
      """,
      wrong: """
      max = 3
      print max
      """,
      right: """
      largest = 3
      print largest
      """),
    Explanation(
      .unreachable, "a statement that is never run",
      """
      What stands above always ends the function, the loop's turn or the script before this statement is
      reached.
      """,
      wrong: """
      fn f(x) {
        return x
        print x
      }
      print f(1)
      """,
      right: """
      fn f(x) {
        print x
        return x
      }
      print f(1)
      """),
    Explanation(
      .unusedBinding, "a local that nothing uses",
      """
      A function assigns a name that it never reads, and nobody outside can see it. Mostly another name
      was meant. A name that begins with `_` is meant to be unused. Names at the top level of a file are
      never reported: the verbs take `model`, `data`, `loss` and `opt` from there, and others may be
      looked at later, by a checkpoint, at the prompt or by a script that imports the file.
      """,
      wrong: """
      fn area(a, b) {
        c = a * b
        a + b
      }
      print area(2, 3)
      """,
      right: """
      fn area(a, b) {
        c = a * b
        c
      }
      print area(2, 3)
      """),
    Explanation(
      .changesCopy, "a change that only the function's copy sees",
      """
      Lists, tensors and records are values: a function gets a copy, and changing it leaves the caller's
      value as it is. Return the changed value and assign it where the function is called. Models and
      optimizers are shared, so changing those is seen everywhere.
      """,
      wrong: """
      fn add(xs) {
        xs.append(3)
        len([1, 2])
      }
      print add([1, 2])
      """,
      right: """
      fn add(xs) {
        xs.append(3)
        xs
      }
      print add([1, 2])
      """),
    Explanation(
      .endsInAssignment, "a function that ends in an assignment",
      """
      The value of a function is its last expression, and an assignment has none. What is assigned there
      is a local of the function that nothing sees any more. Write the expression alone.
      """,
      wrong: """
      fn double(x) { y = 2 * x }
      print double(3)
      """,
      right: """
      fn double(x) { 2 * x }
      print double(3)
      """),
    Explanation(
      .scheduleTooLong, "a schedule whose last part never begins",
      """
      The parts of a schedule before the last take as many steps as the whole training. `epochs(n)` counts
      epochs, a plain number counts steps.
      """,
      wrong: """
      model = linear(1, 1)
      data = ([[1]], [[1]])
      opt = adam(lr=warmup(100) then cosine(peak=1e-3))
      train 50
      """,
      right: """
      model = linear(1, 1)
      data = ([[1]], [[1]])
      opt = adam(lr=warmup(10) then cosine(peak=1e-3))
      train 50
      """),
  ]
}

// Pages about warnings; their names silence them or make them errors.
import AdamLibrary
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
      What stands above always ends the function, the loop or the script before this statement is reached.
      """,
      wrong: """
      while true { }
      print "done"
      """,
      right: """
      for i in 0..<3 { }
      print "done"
      """,
      circumstances: .checked),
    Explanation(
      .noBatch, "one step for each epoch",
      """
      Without `batch` every step uses all rows. That is exact and, with many rows, slow to learn.
      `batch(32)` makes a step of every 32 rows and shuffles the training rows in each epoch.
      """,
      wrong: """
      data = (zeros(2000, 1), zeros(2000, 1))
      model = linear(1, 1)
      train 1
      """,
      right: """
      data = (zeros(2000, 1), zeros(2000, 1)) |> batch(500)
      model = linear(1, 1)
      train 1
      """),
    Explanation(
      .newParameters, "parameters that are new to the optimizer",
      """
      The state of an optimizer belongs to the parameters. Those that it meets for the first time start at
      step 0, the others go on where they were.
      """,
      wrong: """
      body = linear(2, 4)
      data = ([[1, 2]], [[1]])
      model = seq(body, linear(4, 1))
      opt = adam()
      train 1
      model = seq(body, linear(4, 1))
      train 1
      """,
      right: """
      data = ([[1, 2]], [[1]])
      model = seq(linear(2, 4), linear(4, 1))
      opt = adam()
      train 1
      train 1
      """),
    Explanation(
      .noValidation, "metrics without rows to compute them on",
      """
      The metrics of `train` are computed on the part `val` of the data, and the data has none.
      """,
      wrong: """
      data = ([[1], [2]], [[1], [2]])
      model = linear(1, 1)
      train 1, metrics=[mae]
      """,
      right: """
      data = ([[1], [2], [3], [4]], [[1], [2], [3], [4]]) |> split(train=0.5, val=0.5)
      model = linear(1, 1)
      train 1, metrics=[mae]
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

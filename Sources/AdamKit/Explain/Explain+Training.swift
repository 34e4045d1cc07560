// Pages about training.
import AdamLibrary

extension Explanation {
  static let training: [Explanation] = [
    Explanation(
      .nonFiniteLoss, "the loss is not finite",
      """
      The loss became infinite or not a number. It is found before the update, so the model keeps the
      weights of the step before. Mostly the learning rate is too large, the inputs are not standardised,
      or the loss takes the logarithm of zero.
      """,
      wrong: """
      model = linear(2, 1)
      opt = sgd(lr=1e10)
      train 100
      """,
      right: """
      model = linear(2, 1)
      opt = sgd(lr=0.01)
      train 100
      """),
    Explanation(
      .defaultData, "no data",
      """
      Without any data adam trains on a sanity sample and says so; in strict mode, or when the script has
      an `x` or a data set of another name, it is an error.
      """,
      wrong: """
      x = [[1, 2]]
      y = [[1]]
      model = linear(2, 1)
      loss = mse()
      opt = adam()
      train 5
      """,
      right: """
      data = ([[1, 2]], [[1]])
      model = linear(2, 1)
      loss = mse()
      opt = adam()
      train 5
      """,
      circumstances: .strict),
    Explanation(
      .defaultLoss, "no loss",
      """
      Without a loss the kind of the target decides: real numbers give `mse`, classes `cross_entropy`, two
      classes with one output `bce_with_logits`. A note says so; in strict mode it is an error.
      """,
      wrong: """
      data = ([[1, 2]], [[1]])
      model = linear(2, 1)
      opt = adam()
      train 5
      """,
      right: """
      data = ([[1, 2]], [[1]])
      model = linear(2, 1)
      opt = adam()
      loss = mse()
      train 5
      """,
      circumstances: .strict),
    Explanation(
      .defaultOptimizer, "no optimizer",
      """
      Without an optimizer `adam(lr=1e-3)` is used. A note says so; in strict mode it is an error.
      """,
      wrong: """
      data = ([[1, 2]], [[1]])
      model = linear(2, 1)
      loss = mse()
      train 5
      """,
      right: """
      data = ([[1, 2]], [[1]])
      model = linear(2, 1)
      loss = mse()
      opt = adam(lr=1e-3)
      train 5
      """,
      circumstances: .strict),
    Explanation(
      .trainInBlock, "a training inside of a training",
      """
      What runs while a model is trained cannot train.
      """,
      wrong: """
      fn more() { train 1 }
      model = linear(2, 1)
      on epoch { more() }
      train 2
      """,
      right: """
      model = linear(2, 1)
      on epoch { print loss }
      train 2
      """),
    Explanation(
      .noTraining, "nothing to train",
      """
      The model has no parameters, or all are frozen, or the loss reaches none of them.
      """,
      wrong: """
      model = seq(relu, tanh)
      data = ([[1, 2]], [[1, 2]])
      train 5
      """,
      right: """
      model = seq(linear(2, 2), tanh)
      data = ([[1, 2]], [[1, 2]])
      train 5
      """),
    Explanation(
      .gradientsDisagree, "a gradient differs from finite differences",
      """
      `check grad` moves each parameter a little and compares how the loss changes with the gradient that
      adam computes. They differ where a function has a kink or a jump near the point, or where rounding
      hides the change.
      """,
      wrong: """
      layer gain() {
        param w[1] = zeros()
        fn(x) x * relu(w)
      }
      model = gain()
      data = ([[1], [2]], [[1], [2]])
      loss = mse()
      check grad
      """,
      right: """
      model = linear(1, 1)
      data = ([[1], [2]], [[1], [2]])
      loss = mse()
      check grad
      """),
    Explanation(
      .gradientsAgree, "the gradients agree with finite differences",
      """
      What `check grad` says when all is well: how many parameters were compared and the largest
      difference.
      """,
      wrong: """
      model = linear(1, 1)
      data = ([[1], [2]], [[1], [2]])
      loss = mse()
      check grad
      """,
      right: """
      model = linear(1, 1)
      data = ([[1], [2]], [[1], [2]])
      loss = mse()
      train 5
      """),
    Explanation(
      .scheduleLength, "a schedule without the length it needs",
      """
      In a chain of schedules every part but the last says how long it lasts; `warmup` needs a part behind
      it to rise to; `one_cycle` ends with its last step. In a loop of your own no `train` gives the length,
      and `epochs(n)` has nothing to count.
      """,
      wrong: """
      opt = adam(lr=cosine(peak=1e-3) then 1e-5)
      """,
      right: """
      opt = adam(lr=cosine(peak=1e-3, steps=1000) then 1e-5)
      """),
  ]
}

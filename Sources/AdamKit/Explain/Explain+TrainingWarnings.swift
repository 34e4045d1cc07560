// Pages about warnings of models, data and trainings.
import AdamLibrary
import AdamSemantics

extension Explanation {
  static let trainingWarnings: [Explanation] = [
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
      .doubleSoftmax, "softmax before cross_entropy",
      """
      `cross_entropy` takes the scores of the classes and applies softmax itself. Applied twice it
      flattens the differences between the classes: the loss cannot come near 0 and learning slows down.
      Let the model end in scores; `softmax(model(x))` or `predict(x, probs=true)` give probabilities.
      """,
      wrong: """
      data = ([[1, 2], [3, 4]], [0, 1])
      model = seq(linear(2, 2), softmax)
      loss = cross_entropy()
      train 1
      """,
      right: """
      data = ([[1, 2], [3, 4]], [0, 1])
      model = linear(2, 2)
      loss = cross_entropy()
      train 1
      """),
    Explanation(
      .doubleSigmoid, "sigmoid before bce_with_logits",
      """
      `bce_with_logits` takes scores and applies the sigmoid itself. Let the model end in scores;
      `sigmoid(model(x))` gives probabilities.
      """,
      wrong: """
      data = ([[1, 2], [3, 4]], [[0], [1]])
      model = seq(linear(2, 1), sigmoid)
      loss = bce_with_logits()
      train 1
      """,
      right: """
      data = ([[1, 2], [3, 4]], [[0], [1]])
      model = linear(2, 1)
      loss = bce_with_logits()
      train 1
      """),
    Explanation(
      .unreachedParameter, "a parameter that the loss does not depend on",
      """
      Training changes what the loss depends on. A parameter of the model that takes no part in it stays
      as it was drawn: a layer is declared and not applied, or its part of the result is thrown away. It
      is found before the first step, when the functions of the script have been followed. A frozen
      parameter is not reported.
      """,
      wrong: """
      layer scale(n) {
        param w[n] = ones()
        param b[n] = zeros()
        fn(x) x * w
      }
      data = ([[1, 2], [3, 4]], [[1], [2]])
      model = seq(scale(2), linear(2, 1))
      train 1
      """,
      right: """
      layer scale(n) {
        param w[n] = ones()
        param b[n] = zeros()
        fn(x) x * w + b
      }
      data = ([[1, 2], [3, 4]], [[1], [2]])
      model = seq(scale(2), linear(2, 1))
      train 1
      """),
    Explanation(
      .outsideParameter, "a layer that is trained and is no part of the model",
      """
      A function of the script uses a layer of the file, so the loss depends on its weights and training
      changes them. But a name of the file may mean another layer tomorrow: the model does not hold it, and
      `save`, `copy`, `freeze` and gradients by the model leave it out. Layers in a `seq`, names, lists and
      records in a `layer`, and what a function captured are parts of the model. In a loop of one's own the
      gradients by such a model leave the layer out, and `opt.step` does not change it. A frozen layer is
      not reported.
      """,
      wrong: """
      hid = linear(4, 1)
      data = ([[1, 2], [3, 4]], [[1], [2]])
      model = seq(linear(2, 4), fn(x) hid(x))
      train 1
      """,
      right: """
      hid = linear(4, 1)
      data = ([[1, 2], [3, 4]], [[1], [2]])
      model = seq(linear(2, 4), hid)
      train 1
      """),
    Explanation(
      .evaluatedOnTraining, "evaluated on the training rows alone",
      """
      Every `eval` and `predict` of the script is on rows of a file that the model was trained on. That
      tells how well the model knows these rows and nothing of others. Keep some rows apart with `split`
      and evaluate those. Rows that are written in the script are not reported: they may be all there are.
      """,
      wrong: """
      data = csv("house.csv", target="price") |> split(train=0.5, test=0.5)
      model = linear(1, 1)
      train 1
      e = eval data.train
      """,
      right: """
      data = csv("house.csv", target="price") |> split(train=0.5, test=0.5)
      model = linear(1, 1)
      train 1
      e = eval data.test
      """,
      files: ["house.csv": "rooms,price\n3,1\n4,2\n5,2\n2,1\n"]),
    Explanation(
      .columnScales, "columns of wildly different scale",
      """
      One input column varies a thousand times as much as another. One learning rate cannot fit the
      weights of both, and the narrow column is hardly learned. `standardize()` brings each column to mean
      0 and deviation 1, with the statistics of the training rows. It is found before the first step;
      columns that never change do not count.
      """,
      wrong: """
      data = ([[1, 20000], [2, 50000], [3, 10000]], [[1], [2], [3]])
      model = linear(2, 1)
      train 1
      """,
      right: """
      data = ([[1, 20000], [2, 50000], [3, 10000]], [[1], [2], [3]]) |> standardize()
      model = linear(2, 1)
      train 1
      """),
    Explanation(
      .reluOutput, "a regression that ends in relu",
      """
      `relu` gives no number below 0, and where it gives 0 its gradient is 0: a row for which the model
      says 0 teaches it nothing, and if all do, it never learns again. Let a regression end in its
      `linear` layer; `exp` keeps a result positive and can be learned.
      """,
      wrong: """
      data = ([[1, 2], [3, 4]], [[1], [2]])
      model = seq(linear(2, 1), relu)
      train 1
      """,
      right: """
      data = ([[1, 2], [3, 4]], [[1], [2]])
      model = linear(2, 1)
      train 1
      """),
    Explanation(
      .evaluationGradient, "a gradient in evaluation mode",
      """
      A model called in a script, `m(x)`, is in evaluation mode: dropout drops nothing, and running
      statistics are used. `train` does its own step in training mode. A loop of your own says `m(x,
      training=true)`; `training=false` says that the gradient of the evaluated model is meant.
      """,
      wrong: """
      model = seq(linear(2, 4), dropout(0.5), linear(4, 1))
      x, y = tensor([[1, 2]]), tensor([[1]])
      l, g = value_and_grad(fn(m) mse(m(x), y), model)
      """,
      right: """
      model = seq(linear(2, 4), dropout(0.5), linear(4, 1))
      x, y = tensor([[1, 2]]), tensor([[1]])
      l, g = value_and_grad(fn(m) mse(m(x, training=true), y), model)
      """),
  ]
}

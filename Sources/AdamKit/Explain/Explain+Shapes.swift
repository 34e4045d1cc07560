// Pages about shapes.
import AdamLibrary

extension Explanation {
  static let shapes: [Explanation] = [
    Explanation(
      .layersDisagree, "two layers disagree",
      """
      The numbers a layer gives must be as many as the next one takes. Both places are shown with the
      shape that each makes or takes, and neither is blamed: change the one that is wrong. `linear(_, 1)`
      lets adam compute the size.
      """,
      wrong: """
      model = seq(linear(2, 16), relu, linear(8, 1))
      train 5
      """,
      right: """
      model = seq(linear(2, 16), relu, linear(16, 1))
      train 5
      """),
    Explanation(
      .inputDisagrees, "data and first layer disagree",
      """
      The first layer takes as many inputs as the data has columns. `linear(data.features, 16)` follows
      the data.
      """,
      wrong: """
      data = ([[1, 2, 3], [4, 5, 6]], [[1], [2]])
      model = linear(2, 1)
      train 5
      """,
      right: """
      data = ([[1, 2, 3], [4, 5, 6]], [[1], [2]])
      model = linear(3, 1)
      train 5
      """),
    Explanation(
      .targetDisagrees, "model and target disagree",
      """
      A loss compares what the model gives with the target, element by element, so both have the same
      shape. Stretching one output over several targets would train and fit nothing; adam never does it.
      """,
      wrong: """
      data = ([[1, 2], [3, 4]], [[1, 2, 3], [4, 5, 6]])
      model = linear(2, 1)
      loss = mse()
      train 5
      """,
      right: """
      data = ([[1, 2], [3, 4]], [[1, 2, 3], [4, 5, 6]])
      model = linear(2, 3)
      loss = mse()
      train 5
      """),
    Explanation(
      .shapesDisagree, "shapes that do not go together",
      """
      Axes are compared from the last one on; two sizes go together when they are equal or one of them is
      1. Two things are stricter here than elsewhere: rows of a data set only stand beside rows, and in a
      loss nothing stretches between prediction and target. For a matrix product the last axis on the left
      is as long as the first on the right. A reshape keeps the number of elements.
      """,
      wrong: """
      a = zeros(2, 3)
      b = zeros(4)
      print a + b
      """,
      right: """
      a = zeros(2, 3)
      b = zeros(3)
      print a + b
      """),
    Explanation(
      .modelDisagrees, "the file does not fit the model",
      """
      `load "f"` fills the model by the names and shapes of its parameters, all or none. The message names
      those that are missing or have another shape. `m = load("f")` gives the saved model itself.
      """,
      wrong: """
      model = linear(2, 1)
      save "net.safetensors"
      model = linear(3, 1)
      load "net.safetensors"
      """,
      right: """
      model = linear(2, 1)
      save "net.safetensors"
      load "net.safetensors"
      """),
    Explanation(
      .tracedValue, "not inside of a function that is compiled",
      """
      A loss, a layer's function and what `grad` differentiates are compiled before they see numbers:
      their tensors have shapes and no values yet. So there they cannot be printed, decide an `if`, be
      kept in outer variables or start a training. Choose by element with `where(c, a, b)`, print in an
      `on step` block.
      """,
      wrong: """
      fn f(x) { if sum(x) > 0 { x } else { -x } }
      print grad(fn(x) sum(f(x)))(tensor([1, -2]))
      """,
      right: """
      fn f(x) where(x > 0, x, -x)
      print grad(fn(x) sum(f(x)))(tensor([1, -2]))
      """),
  ]
}

// `check grad`: derivatives against differences, for every layer and loss.
import AdamTestSupport
import Testing

@Suite struct CheckGradTests {
  @Test(
    "the derivatives of every layer and loss agree with differences",
    arguments: [
      "model = seq(linear(2, 3), tanh, linear(3, 2), sigmoid, linear(2, 1))",
      "model = seq(linear(2, 4), gelu, layer_norm(4), linear(4, 1))",
      "model = seq(linear(2, 4), relu, residual(linear(4, 4)), parallel(linear(4, 2), tanh), linear(6, 1))",
      "model = seq(linear(2, 3), softmax, linear(3, 1))", "model = seq(linear(2, 3), log_softmax, linear(3, 1))",
      "model = seq(linear(2, 3), dropout(0.5), linear(3, 1))",
      "model = linear(2, 1); loss = bce_with_logits()",
      "model = linear(2, 3); loss = cross_entropy(); data = ([[1, 2], [3, 4]], [0, 2])",
      "model = linear(2, 1); loss = fn(p, y) mean(abs(p - y)^3) + sum(exp(-model.weight^2))",
      "model = seq(linear(2, 2), fn(x) sin(x) * cos(x) / (2 + x^2), linear(2, 1))",
      "model = seq(linear(2, 2), linear(2, 1)); d = grad(fn(x) sum(tanh(model(x)))); loss = fn(p, y, x) mean((d(x) - 1)^2)",
    ])
  func agrees(model: String) {
    let run = ScriptRun(
      "seed 3\ndata = ([[1, -2], [0.5, 3], [2, 1]], [[1], [0], [1]])\n" + model
        + "\ncheck grad loss\nprint \"done\"".replacing("loss", with: model.contains("loss =") ? "loss" : "mse"))
    #expect(run.output == "done\n", "\(run.messages)")
  }
}

// `check grad`: derivatives against differences, for every layer and loss.
import AdamKit
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

  /// What is reported first, with its notes and labels.
  private func first(_ script: String, _ level: Severity) -> [String] {
    var found: [String] = []
    var options = Session.Options()
    options.isStrict = true
    let session = Session(host: MemoryFiles().host(), options: options) { diagnostic, _ in
      guard found.isEmpty, diagnostic.severity == level else { return }
      found = [diagnostic.message] + diagnostic.notes + diagnostic.labels.map(\.text)
    }
    _ = session.execute(Array(script.utf8), name: "test.adam")
    return found
  }

  private static let data = "data = ([[1, -2], [0.5, 3]], [[1], [0]]); loss = mse()\n"

  @Test func `alone it takes the script's model, data and loss, and asks for no optimizer`() {
    let found = first(Self.data + "model = seq(linear(2, 2), tanh, linear(2, 1)); check grad", .note)
    #expect(found.first?.hasPrefix("9 derivatives of `mse` by the parameters agree with differences of its values") == true)
    #expect(found.first?.contains("the largest error is") == true && found.first?.hasSuffix("]`") == true, "\(found)")
    #expect(first(Self.data + "model = linear(2, 1)\ncheck grad", .error).isEmpty)
  }

  @Test func `of many derivatives it compares some and says so`() {
    let found = first(Self.data + "model = seq(linear(2, 200), tanh, linear(200, 1)); check grad", .note)
    #expect(found.first?.hasPrefix("161 of 801 derivatives of") == true, "\(found)")
  }

  @Test func `a derivative that is wrong is shown with its parameter's layer`() {
    let script = Self.data + "layer g() {\nparam w[1] = zeros()\nfn(x) x * relu(w)\n}\nmodel = seq(g(), linear(2, 1))\ncheck grad"
    let found = first(script, .error)
    #expect(found.first?.hasPrefix("the derivative of `mse` by `0.w[0]` is 0, but differences of its values give") == true)
    #expect(found.last == "`0.w[0]` is a parameter of this layer", "\(found)")
  }

  @Test(
    "a loss that is not finite says where it comes from",
    arguments: [
      ("opt = sgd(lr=1e30); train 9",
        ["where: ", "trend: loss", "the weights of step 1;"]),
      ("opt = sgd(lr=1e-3); model = seq(linear(2, 3), fn(x) log(x), linear(3, 1)); train 9",
        ["where: first non-finite value in layer 2", "state: no step was made"]),
      ("opt = sgd(lr=1e-3); data = (tensor([[1, 2]]) / tensor([0, 1]), [[1]]) |> batch(1); train 9",
        ["where: in the data: 1 of 2 inputs are inf", "state:"]),
      ("opt = sgd(lr=1e-3); loss = fn(p, y) mean(log(-abs(p - y))); train 9",
        ["where: in the loss `loss`: every output of the model is finite", "state: no step"]),
    ])
  func nonFinite(script: String, notes: [String]) {
    let found = first("seed 1\n" + Self.data + "model = seq(linear(2, 3), tanh, linear(3, 1))\n" + script, .error)
    #expect(found.first?.hasPrefix("the loss became") == true, "\(found)")
    for note in notes { #expect(found.contains { $0.contains(note) }, "\(found)") }
    let trend = found.first { $0.hasPrefix("trend:") } ?? ""
    let steps = trend.split(separator: "(step ").dropFirst().map { $0.prefix { $0 != ")" } }
    #expect(Set(steps).count == steps.count, "\(trend)")
  }
}

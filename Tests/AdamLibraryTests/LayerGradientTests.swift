// Derivatives of every layer and loss by parameters and input, to the second order. Layers are made by
// their constructors in the language. One that has no gradient fails by its name.
import AdamIR
import AdamKit
import AdamRuntime
import AdamTestSupport
import Testing

@testable import AdamLibrary

@Suite struct LayerGradientTests {
  /// Further ways to make a layer, where its required arguments alone leave something out.
  private static let forms: [String: [String]] = [
    "gelu": ["gelu(approximate=\"tanh\")"],
    "linear": ["linear(3, 2, bias=false)"],
    "softmax": ["softmax(axis=0)"],
    "log_softmax": ["log_softmax(axis=0)"],
    "seq": ["seq(linear(3, 2), tanh, linear(2, 3))"],
    "residual": ["residual(linear(3, 2), sigmoid, linear(2, 3))"],
    "embedding": ["embedding(3, 2, padding_idx=1)"],
    "multihead_attention": ["multihead_attention(4, 2, causal=true)", "multihead_attention(4, 2, bias=false)"],
    "parallel": ["parallel(linear(3, 2), tanh, linear(3, 1))"],
  ]

  /// Rows, sequences and images, for layers that do not say what they take.
  private static let inputs: [[Dimension]] = [
    [.batch, Dimension(3)], [.batch, Dimension(3), Dimension(4)], [.batch, Dimension(2), Dimension(4), Dimension(4)],
  ]

  /// The layer with what it must be given: 3 for every size, one layer where layers are taken.
  private static func scripts(_ layer: LayerDefinition) -> [String] {
    let given = layer.signature.parameters.filter { $0.isVariadic || ($0.defaultValue == nil && $0.defaultNumbers == nil) }
    let arguments = given.map { $0.kind == .layer ? "linear(3, 3)" : $0.kind == .integer ? "3" : $0.kind == .number ? "0.5" : "2" }
    return ["\(layer.name)(\(arguments.joined(separator: ", ")))"] + (forms[layer.name] ?? [])
  }

  private func made(by script: String) -> Layer? {
    let session = Session.recorded(ScriptRecord())
    _ = session.execute(Array("seed 3; m = \(script)".utf8), name: "test.adam")
    return session.interpreter?.variable("m")?.asLayer
  }

  @Test(arguments: LayerRegistry.all.map(\.name)) func `derivatives of a layer agree with differences`(name: String) throws {
    let runtime = try Runtime(RuntimeOptions(threads: 1))
    for script in Self.scripts(try #require(LayerRegistry[name])) {
      let layer = try #require(made(by: script), "say in `forms` how \(name) is made; `\(script)` makes none")
      var probe = try probe(layer, name: script)
      #expect(try probe.firstOrder(runtime: runtime) == [], "\(script)")
      do { #expect(try probe.secondOrder() == [], "\(script)") } catch {
        Issue.record("\(script) has no second derivative: \(error)")
      }
    }
  }

  @Test(arguments: LayerRegistry.all.map(\.name)) func `a layer works on each row by itself unless told otherwise`(
    name: String
  ) throws {
    for script in Self.scripts(try #require(LayerRegistry[name])) {
      let layer = try #require(made(by: script))
      let traces = (layer.knownInput.map { [$0.shape.dimensions] } ?? Self.inputs).compactMap { wanted in
        let sizes = wanted.map { $0.size ?? ($0.isBatch ? 7 : 4) }
        return try? layer.traced(on: TensorType(.f32, Shape(sizes: sizes)), caller: nil)
      }
      #expect(try #require(traces.first).keepsRowsApart == !script.contains("axis=0"), "\(script)")
    }
  }

  /// A weighted sum of what the layer makes of an input that fits.
  private func probe(_ layer: Layer, name: String) throws -> GradientProbe {
    var draws = ProbeDraws(name, 0)
    let wanted = layer.knownInput.map { [$0.shape.dimensions] } ?? Self.inputs
    let traces = wanted.compactMap { wanted in
      let sizes = wanted.map { $0.size ?? ($0.isBatch ? 2 : 4) }
      return try? layer.traced(on: TensorType(.f32, Shape(sizes: sizes)), isTraining: true, caller: nil)
    }
    let trace = try #require(traces.first, "\(name) takes none of `inputs`")
    var function = trace.function
    let tensors = Dictionary(trace.parameters.map { ($0.name, $0.parameter.tensor) }, uniquingKeysWith: { a, _ in a })
    var arguments: [ReferenceTensor] = []
    for (index, parameter) in function.parameters.enumerated() {
      let type = function.type(parameter.value)
      var values = draws.tensor(type, -1...1, labels: 3)
      if let start = tensors[parameter.name]??.floats {
        values.values = zip(values.values, start).map { Double(Float($0 / 4) + $1) }
      }
      let choosesRows = function.rowChoices.contains { $0.name == parameter.name }
      if choosesRows { values.values = values.values.map { ($0 + 1.5).rounded(.down) } }
      arguments.append(values)
      if parameter.name == "x", !choosesRows, type.element == .f32 { function.parameters[index].role = .parameter }
    }
    let output = function.type(trace.output)
    let weights = function.addParameter(output, name: "w", role: .input)
    arguments.append(draws.tensor(output, 0.5...1.5, labels: 2))
    let axes = Array(0..<output.shape.rank)
    let sum = try function.emit(
      .sum, [try function.emit(.mul, [trace.output, weights])], ["axes": .ints(axes), "keepdims": .bool(false)])
    function.results = [FunctionResult(sum, "loss")]
    return GradientProbe(function, arguments, name: name)
  }

  @Test(arguments: LossRegistry.all.map(\.name)) func `derivatives of a loss agree with differences`(name: String) throws {
    let loss = try #require(LossRegistry[name])
    let runtime = try Runtime(RuntimeOptions(threads: 1))
    for number in 0..<4 {
      var draws = ProbeDraws(name, number)
      let (rows, width) = (1 + draws.below(4), loss.target == .binary ? 1 : 2 + draws.below(2))
      let prediction = TensorType.f32(rows, width)
      let target = loss.target == .classes ? TensorType(.i32, Shape(sizes: [rows])) : prediction
      var function = TensorFunction(name: name)
      let p = function.addParameter(prediction, name: "pred", role: .parameter)
      let y = function.addParameter(target, name: "y", role: target.element == .f32 ? .parameter : .target)
      function.results = [FunctionResult(try loss.trace(&function, p, y, nil), "loss")]
      let arguments = [draws.tensor(prediction, -2...2, labels: 2), draws.tensor(target, 0.1...0.9, labels: width)]
      var probe = GradientProbe(function, arguments, name: name)
      #expect(try probe.firstOrder(runtime: runtime) == [], "\(name) of \(prediction.text)")
      do { #expect(try probe.secondOrder() == [], "\(name)") } catch {
        Issue.record("\(name) has no second derivative: \(error)")
      }
    }
  }
}

// What training promises when it ends early, and what saving keeps.
import AdamData
import AdamFormulas
import AdamIR
import AdamSource
import AdamTestSupport
import Testing

@testable import AdamLibrary
@testable import AdamRuntime

@Suite struct TrainingTests {
  private func weights(_ model: Layer) -> [UInt32] {
    model.namedParameters.flatMap { ($0.parameter.tensor?.floats ?? []).map(\.bitPattern) }
  }

  @Test func `cancelling keeps the weights of the last whole step`() throws {
    let bench = try LibraryBench()
    let model = try bench.network([2, 16, 1], "relu")
    bench.world.state.withLock { $0.cancelsAfter = 3 }
    let run = try bench.run("train", [.number(100_000)], ["model": .layer(model)])
    #expect(run["stopped"]?.exactString == "interrupted")
    let epochs = try #require(run["epochs"]?.exactNumber)
    #expect(epochs > 0 && epochs < 100_000)
    let other = try LibraryBench()
    let same = try other.network([2, 16, 1], "relu")
    try other.run("train", [.number(epochs)], ["model": .layer(same)])
    #expect(weights(model) == weights(same))
  }

  @Test func `a loss that is not finite stops before the update`() throws {
    let bench = try LibraryBench()
    let model = try bench.network([2, 16, 1], "relu")
    let opt = try bench.run("sgd", [], ["lr": .number(1000)])
    let data = Value.tuple(TupleBox([rows([[1, 2]]), rows([[1]])]))
    let error = #expect(throws: Diagnostic.self) {
      try bench.run(
        "train", [.number(100)], ["model": .layer(model), "data": data, "opt": opt])
    }
    #expect(error?.code.text == "E0401")
    let values = weights(model).map { Float(bitPattern: $0) }
    let areFinite = values.allSatisfy(\.isFinite)
    #expect(areFinite)
    guard case .optimizer(let optimizer) = opt else { return }
    #expect(error?.arguments.first { $0.name == "step" }?.value == String(optimizer.steps + 1))
  }

  @Test func `saved weights come back bit for bit, with the units of the data`() throws {
    let bench = try LibraryBench()
    let model = try bench.network([1, 4, 1], "tanh")
    let pair = Value.tuple(TupleBox([rows([[1], [2], [3]]), rows([[10], [20], [40]])]))
    let data = try bench.run("standardize", [pair], ["target": .bool(true)])
    try bench.run("train", [.number(5)], ["model": .layer(model), "data": data])
    let path = Value.string(StringBox("m.safetensors"))
    try bench.run("save", [path], ["model": .layer(model)])
    let other = try bench.network([1, 4, 1], "tanh")
    try bench.run("load", [path], ["model": .layer(other)])
    #expect(weights(other) == weights(model))
    #expect(other.units == model.units && other.units.targets != nil)
  }

  @Test func `a break in a block ends the training`() throws {
    let bench = try LibraryBench()
    let model = try bench.network([2, 16, 1], "relu")
    let closure = Closure(program: Program(), function: 0, captures: [], defaults: [])
    bench.session.hooks = [Hook(event: "epoch", every: 3, closure: closure, span: testSpan)]
    var epochs: [Double] = []
    bench.onCall = { arguments in
      epochs.append(arguments[0].exactNumber ?? .nan)
      return .bool(epochs.count == 2)
    }
    let run = try bench.run("train", [.number(50)], ["model": .layer(model)])
    #expect(epochs == [3, 6])
    #expect(run["stopped"]?.exactString == "break" && run["epochs"]?.exactNumber == 6)
  }

  @Test func `strict mode refuses what a script leaves out`() throws {
    let bench = try LibraryBench()
    bench.session.isStrict = true
    let model = try bench.network([2, 1], "relu")
    let error = #expect(throws: Diagnostic.self) {
      try bench.run("train", [.number(5)], ["model": .layer(model)])
    }
    #expect(error?.code.text == "E0402" && error?.severity == .error)
  }

  @Test func `looking at a model draws nothing`() throws {
    let bench = try LibraryBench()
    let model = try bench.network([2, 16, 1], "relu")
    var before = bench.session.generator
    try bench.run("eval", [], ["model": .layer(model)])
    try bench.run("predict", [rows([[1, 2]])], ["model": .layer(model)])
    try bench.run("show", [.layer(model)])
    var after = bench.session.generator
    #expect(before.nextUInt64() == after.nextUInt64())
    let text = bench.world.state.withLock { String(decoding: $0.output, as: UTF8.self) }
    #expect(text.hasSuffix("65 parameters\n"))
  }
}

@Suite struct LibraryRegistryTests {
  @Test func `what shares a name differs in the kind of its first argument`() {
    let builtins = Environment.registries.flatMap(\.builtins).map(\.definition)
    for (name, family) in Dictionary(grouping: builtins, by: \.name) where family.count > 1 {
      let kinds = family.compactMap { $0.signature.parameters.first?.kind }
      #expect(Set(kinds).count == family.count, "\(name)")
    }
  }

  @Test func `what a registry lists has the name of its line`() {
    for listed in Environment.registries.flatMap(\.builtins) { #expect(listed.definition.name == listed.name) }
    for listed in LayerRegistry.all { #expect(listed.definition.name == listed.name) }
    for listed in LossRegistry.all { #expect(listed.definition.name == listed.name) }
    for listed in MetricRegistry.all { #expect(listed.definition.name == listed.name) }
  }

  @Test func `every layer keeps its contract`() throws {
    let bench = try LibraryBench()
    // What each layer without defaults is made with, so that it takes rows of 4.
    let inner = try bench.layer("linear", 4, 4)
    let arguments: [String: [Value]] = [
      "linear": [.number(4), .number(3)], "layer_norm": [.number(4)], "residual": [inner],
      "parallel": [inner, inner], "conv2d": [.number(1), .number(2), .number(3)], "max_pool2d": [.number(2)],
      "embedding": [.number(4), .number(3)], "multihead_attention": [.number(4), .number(2)],
    ]
    for definition in LayerRegistry.all.map(\.definition) where definition.name != "seq" {
      let layer = try #require(try bench.run(definition.name, arguments[definition.name] ?? []).asLayer)
      let rows = TensorType(.f32, Shape([.batch, Dimension(4)]))
      let images = TensorType(.f32, Shape([.batch, Dimension(1), Dimension(6), Dimension(6)]))
      let sequences = TensorType(.f32, Shape([.batch, Dimension(5), Dimension(4)]))
      let rule = definition.shapeRule
      let input = rule.contains("h, w") ? images : rule.contains("n, t") ? sequences : rows
      let output = try layer.traced(on: input, caller: nil).outputType
      #expect(definition.keepsShape == (output == input) || definition.name == "flatten")
      #expect(!definition.summary.isEmpty && definition.example.contains("# prints:"))
    }
  }
}

@Suite struct ScalarTests {
  @Test func `scalars filled ahead are those of each step`() throws {
    let count = OptimizerRules.scalarCount
    for rule in OptimizerRules.all {
      let hyper = rule.defaultHyper
      for start in [1, 60, 1000, 37_000, 100_000] {
        var rows = [Float](repeating: 0, count: 200 * count)
        rows.withUnsafeMutableBufferPointer {
          if let base = $0.baseAddress {
            rule.fillScalars(hyper, from: start, count: 200, into: base)
          }
        }
        let expected = (0..<200).flatMap { rule.scalars(hyper, step: start + $0).map { Float($0) } }
        #expect(rows == expected, "\(rule.name) from \(start)")
      }
    }
  }
}

// Whole training runs recorded from torch: initial weights bit for bit, losses to the tolerance of
// each case.
import AdamData
import AdamIR
import AdamTestSupport
import Testing

@testable import AdamLibrary
@testable import AdamRuntime

@Suite struct TorchRunTests {
  private func recorded(_ name: String) throws -> Fixture {
    try #require(Fixture.cases("train.json").first { $0["name"].string == name })
  }

  /// Compares initial parameters, then trains and compares every step's loss.
  private func compare(
    _ record: Fixture, _ model: Layer, _ losses: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let expected = record["losses"].floats.map { Double($0) }
    #expect(losses.count == expected.count, sourceLocation: sourceLocation)
    let rtol = record["tol"]["rtol"].double ?? 0
    let atol = record["tol"]["atol"].double ?? 0
    for (step, (a, b)) in zip(losses, expected).enumerated() where abs(a - b) > atol + rtol * abs(b) {
      Issue.record("step \(step + 1): \(a) is not \(b)", sourceLocation: sourceLocation)
      break
    }
  }

  private func checkInitial(_ record: Fixture, _ model: Layer) {
    for (saved, named) in zip(record["initial_params"].array, model.namedParameters) {
      #expect(saved[0].string == named.name)
      let values = named.parameter.tensor?.floats ?? []
      if let digest = saved[1].sha256 {
        #expect(SHA256.hex(floats: values) == digest)
      } else {
        #expect(values.map(\.bitPattern) == saved[1].floatBits)
      }
    }
  }

  private func optimizer(_ bench: LibraryBench, _ record: Fixture) throws -> Value {
    let config = record["config"]["optimizer"]
    if let name = config["name"].string {
      let lr = config["lr"].double ?? 0
      if let momentum = config["momentum"].double {
        return try bench.run(name, [], ["lr": .number(lr), "momentum": .number(momentum)])
      }
      return try bench.run(name, [], ["lr": .number(lr)])
    }
    return try bench.run("adam", [], ["lr": .number(record["config"]["lr"].double ?? 0)])
  }

  private func fullBatch(_ name: String, _ x: Value, _ y: Value, _ loss: String) throws {
    let record = try recorded(name)
    let config = record["config"]
    let bench = try LibraryBench(seed: UInt64(config["seed"].int ?? 0))
    let activation = config["act"].string ?? (name.hasPrefix("sine") ? "tanh" : "relu")
    let model = try bench.network(config["sizes"].ints, activation)
    checkInitial(record, model)
    let run = try bench.run(
      "train", [.number(Double(record["losses"].shape[0]))],
      [
        "model": .layer(model), "data": .tuple(TupleBox([x, y])), "loss": try bench.run(loss),
        "opt": try optimizer(bench, record),
      ])
    compare(record, model, run["losses"]?.numbers ?? [])
  }

  @Test(arguments: ["seed_notebook_torch_adam", "notebook_seed42_batch4"])
  func `relu networks with mse follow torch`(name: String) throws {
    let config = try recorded(name)["config"]
    try fullBatch(
      name, rows(config["x"].array.map(\.doubles)), rows(config["y"].array.map(\.doubles)), "mse")
  }

  @Test(arguments: ["xor_tanh", "xor_sigmoid_sgd"])
  func `xor with bce_with_logits follows torch`(name: String) throws {
    try fullBatch(
      name, rows([[0, 0], [0, 1], [1, 0], [1, 1]]), rows([[0], [1], [1], [0]]), "bce_with_logits")
  }

  @Test func `the sine network follows torch`() throws {
    let extra = try recorded("sine_1_64_64_1")["extra"]
    let x = try Tensor(extra["x"].shape, floats: extra["x"].floats)
    let y = try Tensor(extra["y"].shape, floats: extra["y"].floats)
    try fullBatch("sine_1_64_64_1", .tensor(x), .tensor(y), "mse")
  }

  /// Per step losses of a shuffled training, through an `on step` block.
  private func batched(
    _ record: Fixture, _ bench: LibraryBench, _ model: Layer, _ data: Value
  ) throws -> [Double] {
    var losses: [Double] = []
    bench.onCall = { arguments in
      losses.append(arguments[2].exactNumber ?? .nan)
      return .none
    }
    let closure = Closure(program: Program(), function: 0, captures: [], defaults: [])
    bench.session.hooks = [Hook(event: "step", every: 1, closure: closure, span: testSpan)]
    let epochs = Double(record["config"]["epochs"].int ?? 0)
    try bench.run(
      "train", [.number(epochs)],
      [
        "model": .layer(model), "data": data, "loss": try bench.run("cross_entropy"),
        "opt": try optimizer(bench, record),
      ])
    return losses
  }

  @Test func `the spiral in shuffled batches follows torch`() throws {
    let record = try recorded("spiral")
    let bench = try LibraryBench(seed: 3)
    // The data of the recipe is drawn first, from the same generator.
    _ = (0..<300).withGenerator(&bench.session.generator)
    let model = try bench.network([2, 32, 32, 3], "relu")
    checkInitial(record, model)
    let x = try Tensor([150, 2], floats: record["extra"]["x"].floats)
    let y = try Tensor([150], integers: (0..<150).map { Int32($0 / 50) })
    let data = try bench.run("batch", [.tuple(TupleBox([.tensor(x), .tensor(y)])), .number(16)])
    compare(record, model, try batched(record, bench, model, data))
    let result = try bench.run(
      "eval", [],
      ["data": .tuple(TupleBox([.tensor(x), .tensor(y)])), "model": .layer(model)])
    #expect(result["accuracy"]?.exactNumber == 145.0 / 150)
  }

  @Test func `the digits network follows torch`() throws {
    let record = try recorded("digits_mlp")
    let bench = try LibraryBench(seed: 5)
    let lines = try ProjectFiles.bytes(of: "scripts/data/digits.csv").split(separator: 10)
    let table = lines.dropFirst().map { line in
      line.split(separator: 44).map { Float(String(decoding: $0, as: UTF8.self).trimmed) ?? .nan }
    }
    func part(_ range: Range<Int>) throws -> Value {
      let x = try Tensor(
        [range.count, 64], floats: table[range].flatMap { $0.prefix(64).map { $0 / 16 } })
      let y = try Tensor([range.count], integers: table[range].map { Int32($0[64]) })
      return .tuple(TupleBox([.tensor(x), .tensor(y)]))
    }
    let model = try bench.network([64, 32, 10], "relu")
    checkInitial(record, model)
    let data = try bench.run(
      "batch", [try part(0..<1200), .number(32)], ["drop_last": .bool(true)])
    compare(record, model, try batched(record, bench, model, data))
    let result = try bench.run("eval", [], ["data": try part(1200..<1600), "model": .layer(model)])
    #expect(result["accuracy"]?.exactNumber == 317.0 / 400)
  }
}

extension String {
  fileprivate var trimmed: String { String(filter { !$0.isWhitespace }) }
}

extension Range<Int> {
  /// Draws that many normal numbers, as one call of torch's `randn`.
  fileprivate func withGenerator(_ generator: inout Generator) -> [Float] {
    var values = [Float](repeating: 0, count: count)
    values.withUnsafeMutableBufferPointer { generator.fillNormal($0) }
    return values
  }
}

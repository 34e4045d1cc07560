// Contracts that every op in the registry keeps, run over its samples.
import AdamIR
import AdamPasses
import AdamTestSupport
import Foundation
import Testing

@Suite struct RegistryTests {
  static let ops = OpRegistry.all.map(\.name)
  static let differentiable = OpRegistry.all.filter { $0.pullback != nil }.map(\.name)
  static let referenced = OpRegistry.all.filter { $0.reference != nil }.map(\.name)

  private func op(_ name: String) throws -> OpDefinition {
    try #require(OpRegistry.standard[name])
  }

  @Test func namesAreUniqueWords() {
    #expect(Set(Self.ops).count == Self.ops.count)
    #expect(Self.ops.allSatisfy { $0.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" } })
  }

  @Test("every file of an op is in the list, and every op has its file")
  func filesAndListAgree() throws {
    let folder = AdamProgram.root + "/Sources/AdamIR/Ops"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0 != "OpRegistry.swift" && $0 != "OpDefinition.swift" }
    var found: [String] = []
    for file in files {
      let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
      for line in text.split(separator: "\n") where line.contains("package static let") {
        let member = line.split(separator: " ")[3].filter { $0 != ":" && $0 != "`" }
        found.append(String(member))
      }
    }
    let list = try String(contentsOfFile: folder + "/OpRegistry.swift", encoding: .utf8)
    let listed = list.split(whereSeparator: { " ,\n".contains($0) }).filter { $0.first == "." }
    #expect(found.sorted() == listed.map { String($0.dropFirst()) }.sorted())
  }

  @Test(arguments: ops) func isDocumented(_ name: String) throws {
    let op = try op(name)
    #expect(op.summary.count > 10 && op.summary.last == "." && op.summary.first?.isUppercase == true)
    #expect(op.formula.count > 3)
    if op.traits.contains(.random) || op.traits.contains(.update) {
      #expect(op.traits.contains(.effect))
    } else {
      #expect(op.reference != nil)
    }
  }

  @Test(arguments: ops) func hasSamplesThatItAccepts(_ name: String) throws {
    let op = try op(name)
    let samples = try #require(OpSample.of(op))
    for sample in samples {
      // The one that may be missing.
      let needed = op.attributeNames.filter { $0 != ChannelsLast.attribute }
      #expect(sample.attributes.entries.map(\.name) == needed)
      _ = try op.inferTypes(sample.operands, sample.attributes)
    }
  }

  @Test(arguments: ops) func refusesAWrongNumberOfOperandsAndMissingAttributes(_ name: String) throws {
    let op = try op(name)
    let many = Array(repeating: TensorType.f32(2), count: op.operandCount.upperBound + 1)
    #expect(throws: ShapeError.self) { try op.inferTypes(many, Attributes()) }
    // The attributes of updates are optional, all others need theirs.
    guard !op.attributeNames.isEmpty, !op.traits.contains(.update) else { return }
    for sample in try #require(OpSample.of(op)) {
      #expect(throws: ShapeError.self) { try op.inferTypes(sample.operands, Attributes()) }
    }
  }

  @Test(arguments: referenced) func typesAgreeWithTheReference(_ name: String) throws {
    let op = try op(name)
    var draws = Draws(seed: 1)
    for sample in try #require(OpSample.of(op)) {
      let types = try op.inferTypes(sample.operands, sample.attributes)
      let results = op.reference?(sample.values(&draws), sample.attributes, types) ?? []
      #expect(results.map(\.sizes) == types.compactMap(\.shape.sizes))
      for result in results { #expect(result.values.count == result.sizes.reduce(1, *)) }
      if types.first?.element != .f32 {
        #expect(results[0].values.allSatisfy { $0 == $0.rounded() })
      }
    }
  }

  @Test(arguments: differentiable) func givesOneGradientOfItsTypePerOperand(_ name: String) throws {
    let op = try op(name)
    for sample in try #require(OpSample.of(op)) {
      var function = TensorFunction(name: "f")
      let operands = sample.operands.enumerated().map {
        function.addParameter($1, name: "p\($0)", role: .input)
      }
      let results = try function.apply(op, operands, sample.attributes)
      let upstream = results.enumerated().map { index, result in
        function.addParameter(function.type(result), name: "g\(index)", role: .input)
      }
      guard function.type(results[0]).element == .f32 else { continue }
      let context = PullbackContext(
        operands: operands, results: results, attributes: sample.attributes, upstream: upstream)
      let gradients = try op.pullback?(&function, context) ?? []
      #expect(gradients.count == operands.count)
      for (operand, gradient) in zip(operands, gradients) {
        if let gradient { #expect(function.type(gradient) == function.type(operand)) }
      }
      function.results = [FunctionResult(results[0], "y")]
      #expect(function.violations() == [])
    }
  }

  @Test("gradients equal central differences in Double", arguments: differentiable)
  func gradientsEqualCentralDifferences(_ name: String) throws {
    let op = try op(name)
    guard op.reference != nil else { return }
    for (index, sample) in try #require(OpSample.of(op)).enumerated() {
      guard sample.operands.contains(where: { $0.element == .f32 }) else { continue }
      try checkGradient(op, sample, seed: UInt64(index + 1))
    }
  }

  /// The loss is a weighted sum of all results, so that every element counts differently.
  private func checkGradient(_ op: OpDefinition, _ sample: OpSample, seed: UInt64) throws {
    var function = TensorFunction(name: "f")
    let operands = sample.operands.enumerated().map { index, type in
      function.addParameter(type, name: "p\(index)", role: type.element == .f32 ? .parameter : .input)
    }
    let result = try function.apply(op, operands, sample.attributes)[0]
    guard function.type(result).element == .f32 else { return }
    let weights = function.addParameter(function.type(result), name: "w", role: .input)
    let weighted = try function.emit(.mul, [result, weights])
    let axes = Array(function.type(result).shape.dimensions.indices)
    let loss = try function.emit(.sum, [weighted], ["axes": .ints(axes), "keepdims": .bool(false)])
    function.results = [FunctionResult(loss, "loss")]
    let gradient = try Pass.autodiff.run(function)
    #expect(gradient.violations() == [])

    var draws = Draws(seed: seed)
    var arguments = sample.values(&draws)
    let count = function.type(result).shape.elementCount ?? 0
    let sizes = function.type(result).shape.sizes ?? []
    arguments.append(ReferenceTensor(sizes, (0..<count).map { _ in draws.unit() + 0.5 }))
    let found = try ReferenceInterpreter().run(gradient, arguments)
    let wanted = gradient.results.dropFirst().map { $0.name }
    for (name, values) in zip(wanted, found.dropFirst()) {
      let operand = try #require(Int(name.dropFirst().prefix { $0.isNumber }))
      for place in values.values.indices {
        let h = 1e-5
        func loss(_ offset: Double) throws -> Double {
          var moved = arguments
          moved[operand].values[place] += offset
          return try ReferenceInterpreter().run(function, moved)[0].values[0]
        }
        let slope = (try loss(h) - loss(-h)) / (2 * h)
        #expect(
          abs(slope - values.values[place]) <= 1e-6 * max(1, abs(slope)),
          "\(op.name), operand \(operand), element \(place)")
      }
    }
  }
}

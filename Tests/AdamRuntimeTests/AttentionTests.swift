// Attention against the single operations it stands for, and the same bits from every machine.
import AdamIR
import AdamPasses
import AdamTestSupport
import Testing

@testable import AdamRuntime

/// Sequences of places of so many numbers in each head.
private struct AttentionCase: Sendable, CustomTestStringConvertible {
  var count: Int
  var places: Int
  var heads: Int
  var size: Int
  var isCausal: Bool

  var testDescription: String { "\(count) × \(places) × \(heads) × \(size)\(isCausal ? ", causal" : "")" }
  private var dim: Int { heads * size }
  private var input: TensorType { .f32(count, places, 3 * dim) }

  /// Vectors that are full and not, groups that end with the places and not, and sequences that are too long to copy.
  static let all: [AttentionCase] = {
    let sizes = [
      (2, 64, 4, 16), (1, 1, 1, 1), (3, 5, 2, 3), (2, 15, 1, 16), (1, 16, 2, 8), (2, 17, 2, 16), (1, 50, 3, 20),
      (1, 128, 2, 32), (1, 250, 1, 16), (1, 245, 2, 7), (1, 390, 1, 8), (0, 4, 2, 2), (2, 0, 2, 2),
    ]
    return sizes.flatMap { n, t, heads, size in
      [false, true].map { AttentionCase(count: n, places: t, heads: heads, size: size, isCausal: $0) }
    }
  }()

  /// The output, then the gradient of x of its elements' sum, each times a weight.
  func differentiated(_ output: (inout TensorFunction, ValueID) throws -> ValueID) throws -> TensorFunction {
    var f = TensorFunction(name: "f")
    let x = f.addParameter(input, name: "x", role: .parameter)
    let y = try output(&f, x)
    let weights = f.addParameter(f.type(y), name: "w", role: .input)
    let loss = try f.emit(
      .sum, [try f.emit(.mul, [y, weights])], ["axes": .ints([0, 1, 2]), "keepdims": .bool(false)])
    f.results = [FunctionResult(loss, "loss"), FunctionResult(y, "y")]
    return try Pass.autodiff.run(f)
  }

  func whole() throws -> TensorFunction {
    try differentiated { f, x in
      try f.apply(.attention, [x], ["heads": .int(heads), "causal": .bool(isCausal)])[0]
    }
  }

  /// By slices, turns, products and softmax.
  func single() throws -> TensorFunction {
    try differentiated { f, x in
      let parts = try (0..<3).map { part in
        let range: Attributes = [
          "axis": .int(2), "start": .int(part * dim), "end": .int((part + 1) * dim), "step": .int(1),
        ]
        let split = try f.emit(
          .reshape, [try f.emit(.slice, [x], range)], ["shape": .ints([count, places, heads, size])])
        return try f.emit(.transpose, [split], ["permutation": .ints([0, 2, 1, 3])])
      }
      let products = try f.emit(
        .matmul, [parts[0], parts[1]], ["transpose_a": .bool(false), "transpose_b": .bool(true)])
      let scores = try f.emit(.mul, [products, try f.constant(1 / Double(size).squareRoot())])
      let weights = try f.emit(.softmax, [try seen(scores, &f)], ["axis": .int(3)])
      let taken = try f.emit(.matmul, [weights, parts[2]], ["transpose_a": .bool(false), "transpose_b": .bool(false)])
      let turned = try f.emit(.transpose, [taken], ["permutation": .ints([0, 2, 1, 3])])
      return try f.emit(.reshape, [turned], ["shape": .ints([count, places, dim])])
    }
  }

  /// -1e30 where a place does not see another.
  private func seen(_ scores: ValueID, _ f: inout TensorFunction) throws -> ValueID {
    guard isCausal else { return scores }
    let later = f.addParameter(TensorType(.bool, Shape(sizes: [places, places])), name: "later", role: .input)
    return try f.emit(.where, [later, try f.constant(-1e30), scores])
  }

  func arguments() throws -> [Tensor] {
    var numbers = Numbers(UInt64(7 + places))
    return [try numbers.tensor(input), try numbers.tensor(.f32(count, places, dim), 0.5...1.5)]
  }

  /// For the function of single operations.
  func withMask(_ arguments: [ReferenceTensor]) -> [ReferenceTensor] {
    guard isCausal else { return arguments }
    let later = (0..<places * places).map { $0 % places > $0 / places ? 1.0 : 0 }
    return [arguments[0], ReferenceTensor([places, places], later), arguments[1]]
  }
}

@Suite struct AttentionTests {
  @Test(arguments: AttentionCase.all)
  fileprivate func `attention is what single operations give`(_ test: AttentionCase) throws {
    let (whole, single) = (try test.whole(), try test.single())
    let arguments = try test.arguments()
    let references = arguments.map(\.reference)
    let wanted = try ReferenceInterpreter().run(single, test.withMask(references))
    let own = try ReferenceInterpreter().run(whole, references)
    let plan = try Plan(whole, Machines.single(), bindings: arguments)
    plan.run()
    for index in wanted.indices {
      let found = try plan.result(index).reference
      for (place, value) in wanted[index].values.enumerated() {
        let scale = max(1, abs(value))
        #expect(abs(own[index].values[place] - value) <= 1e-9 * scale, "reference, result \(index) [\(place)]")
        #expect(abs(found.values[place] - value) <= 2e-5 * scale, "result \(index) [\(place)]: \(found.values[place])")
      }
    }
  }

  @Test(arguments: AttentionCase.all)
  fileprivate func `every machine gives the same bits`(_ test: AttentionCase) throws {
    let (function, arguments) = (try test.whole(), try test.arguments())
    let first = try bits(function, arguments, Machines.single())
    for machine in try Machines.all() {
      let isSame = try bits(function, arguments, machine) == first
      #expect(isSame, "\(machine.isa) × \(machine.threads)")
    }
  }

  /// What comes later does not reach a place of an earlier group, whatever it is.
  @Test func `a number that is not finite stays behind its group`() throws {
    let test = AttentionCase(count: 1, places: 40, heads: 1, size: 16, isCausal: true)
    var arguments = try test.arguments()
    var x = arguments[0].floats
    for place in 0..<48 { x[24 * 48 + place] = .infinity }
    arguments[0] = try Tensor([1, 40, 48], floats: x)
    for machine in try Machines.all() {
      let plan = try Plan(test.whole(), machine, bindings: arguments)
      plan.run()
      let y = try plan.result(1).floats
      #expect(y.prefix(24 * 16).allSatisfy { $0.isFinite })
      #expect(y.dropFirst(24 * 16).prefix(16).allSatisfy { $0.isNaN })
    }
  }
}

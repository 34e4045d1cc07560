// Random well-typed functions: no pass changes what they compute, and no plan gives two living
// buffers the same memory. The seed of a failure is in its message.
import AdamIR
import AdamPasses
import AdamTestSupport
import Testing

@Suite struct RandomGraphTests {
  static let seeds = Array(1...200)

  /// Equal bit for bit, so that -0 is not 0; a NaN equals a NaN.
  private func same(_ a: [ReferenceTensor], _ b: [ReferenceTensor]) -> Bool {
    zip(a, b).allSatisfy { x, y in
      x.sizes == y.sizes
        && zip(x.values, y.values).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
    } && a.count == b.count
  }

  @Test(arguments: seeds) func noPassChangesResults(_ seed: Int) throws {
    var graph = try RandomGraph(seed: UInt64(seed), operations: 24)
    let arguments = graph.arguments()
    #expect(graph.function.violations() == [], "seed \(seed)")
    let wanted = try ReferenceInterpreter().run(graph.function, arguments)
    var current = graph.function
    for entry in Pipeline.standard.entries {
      current = try entry.pass.run(current, PassContext(evaluate: ReferenceInterpreter.evaluate))
      #expect(current.violations() == [], "seed \(seed), \(entry.pass.name)")
      let found = try ReferenceInterpreter().run(current, arguments)
      #expect(same(wanted, found), "seed \(seed), \(entry.pass.name)\n\(current.text)")
      #expect(try TensorFunction.parse(current.text) == current, "seed \(seed)")
    }
  }

  @Test(arguments: seeds) func plansNeverOverlapLivingBuffers(_ seed: Int) throws {
    let graph = try RandomGraph(seed: UInt64(seed), operations: 24)
    try checkPlan(graph.function, seed)
    try checkPlan(try Pipeline.standard.run(graph.function), seed)
  }

  /// Replays the function on memory cells that remember which value wrote them: every operand must
  /// still be there when it is read, and every result at the end.
  private func checkPlan(_ function: TensorFunction, _ seed: Int) throws {
    let plan = try MemoryPlan(function)
    var cells = [Int](repeating: -1, count: plan.arenaByteCount / 4)
    func slots(_ id: ValueID) -> Range<Int>? {
      guard case .arena(let offset) = plan.placement(id).storage else { return nil }
      #expect(offset % MemoryPlan.alignment == 0)
      return (offset / 4)..<(offset / 4 + plan.placement(id).byteCount / 4)
    }
    /// A view holds what its source holds.
    var origin = Array(function.values.indices)
    func expectHeld(_ id: ValueID) {
      guard let slots = slots(id) else { return }
      #expect(cells[slots].allSatisfy { $0 == origin[id.index] }, "seed \(seed), %\(id.index)")
    }
    let order = plan.setup + function.operations.indices.filter { !plan.setup.contains($0) }
    for run in 0..<2 {
      for index in order where run == 0 || !plan.setup.contains(index) {
        let operation = function.operations[index]
        operation.operands.forEach(expectHeld)
        for result in operation.results {
          let isView = operation.op.traits.contains(.view)
          if isView { origin[result.index] = origin[operation.operands[0].index] }
          guard let slots = slots(result), !isView else { continue }
          for cell in slots { cells[cell] = result.index }
        }
      }
      for result in function.results { expectHeld(result.value) }
    }
  }

  @Test func plansReuseMemory() throws {
    var function = TensorFunction(name: "chain")
    var value = function.addParameter(.f32(64, 64), name: "x", role: .input)
    for _ in 0..<50 {
      value = try function.emit(.transpose, [value], ["permutation": .ints([1, 0])])
    }
    function.results = [FunctionResult(value, "y")]
    #expect(try MemoryPlan(function).arenaByteCount == 2 * 64 * 64 * 4)
  }

  @Test func aResultNeverTakesTheStorageOfAStretchedOperand() throws {
    let text = """
      func @f(%0: f32[1, 3] input "row", %1: f32[64, 3] input "x") {
        %2 = neg(%0) : f32[1, 3]
        %3 = add(%2, %1) : f32[64, 3]
        return %3 "y"
      }
      """
    let function = try TensorFunction.parse(text)
    let plan = try MemoryPlan(function)
    #expect(plan.placement(ValueID(2)).storage != plan.placement(ValueID(3)).storage)
    try checkPlan(function, 0)
  }

  @Test func aBufferLivesAsLongAsAnyViewOfIt() throws {
    let text = """
      func @f(%0: f32[16] input "x") {
        %1 = exp(%0) : f32[16]
        %2 = reshape(%1; shape=[4, 4]) : f32[4, 4]
        %3 = neg(%1) : f32[16]
        %4 = sum(%2; axes=[0, 1], keepdims=false) : f32[]
        return %3 "a", %4 "b"
      }
      """
    let function = try TensorFunction.parse(text)
    #expect(try MemoryPlan(function).placement(ValueID(1)).end == 3)
    try checkPlan(function, 0)
  }

  @Test func twoTransposesBecomeTheRightOne() throws {
    let text = """
      func @f(%0: f32[2, 3, 4] input "x") {
        %1 = transpose(%0; permutation=[1, 2, 0]) : f32[3, 4, 2]
        %2 = transpose(%1; permutation=[0, 2, 1]) : f32[3, 2, 4]
        return %2 "y"
      }
      """
    let function = try TensorFunction.parse(text)
    let simple = try Pass.dce.run(try Pass.simplify.run(function))
    #expect(simple.operations.count == 1)
    #expect(simple.violations() == [])
    let x = ReferenceTensor([2, 3, 4], (0..<24).map(Double.init))
    let wanted = try ReferenceInterpreter().run(function, [x])
    #expect(try ReferenceInterpreter().run(simple, [x]) == wanted)
  }

  @Test func updatesStandInTheParametersStorage() throws {
    let function = try TensorFunction.parse(VerifierTests.sound)
    let plan = try MemoryPlan(function)
    #expect(plan.placement(ValueID(6)).storage == .parameter(ValueID(0)))
    #expect(plan.placement(ValueID(7)).storage == .parameter(ValueID(1)))
    #expect(plan.copies == [])
  }

  @Test func aStateThatIsNotUpdatedInPlaceIsCopied() throws {
    let text = """
      func @f(%0: f32[2] state "mean", %1: f32[2] input "x") {
        %2 = add(%0, %1) : f32[2]
        return %2 "mean" replaces %0
      }
      """
    let plan = try MemoryPlan(try TensorFunction.parse(text))
    #expect(plan.copies == [.init(from: ValueID(2), to: ValueID(0))])
  }

  @Test func symbolicSizesCannotBePlanned() throws {
    let text = "func @f(%0: f32[batch] input \"x\") { return %0 \"x\" }"
    #expect(throws: PassError.self) { try MemoryPlan(try TensorFunction.parse(text)) }
  }
}

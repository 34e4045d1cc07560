// From a tensor function to a plan: homes for values, kernel calls, memory.
import AdamIR
import AdamKernelABI
import AdamPasses

/// Where plain results of a plan are kept.
enum ResultStorage: Hashable {
  /// In the arena until the next run.
  case arena
  /// In tensors bound by the caller.
  case outside
}

extension Plan {
  /// A plan with plain results in the arena.
  /// - Parameters:
  ///   - bindings: storage of the parameters in order; nil: the plan makes its own, zero-filled.
  ///   - random: what random ops draw from; needed when the function has any.
  ///   - inPlace: whether elementwise results may take over the storage of their operands.
  package convenience init(
    _ function: TensorFunction, _ runtime: Runtime, bindings: [Tensor?] = [],
    random: RandomSource? = nil, inPlace: Bool = true, budget: MemoryBudget = .process
  ) throws(RuntimeError) {
    let (builder, memory) = try PlanBuilder.build(function, runtime, .arena, random, inPlace: inPlace, budget)
    let parameters: [Tensor]
    do throws(RuntimeError) {
      parameters = try Plan.storage(function, bindings, budget)
    } catch {
      memory.free()
      throw error
    }
    self.init(
      function: function, runtime: runtime, random: random, memory: memory, parameters: parameters,
      callsToLoss: builder.callsToLoss, loss: builder.loss)
  }

  /// One tensor per parameter: the given ones, checked, and fresh ones where none is given.
  private static func storage(
    _ function: TensorFunction, _ bindings: [Tensor?], _ budget: MemoryBudget
  ) throws(RuntimeError) -> [Tensor] {
    var tensors: [Tensor] = []
    for (index, parameter) in function.parameters.enumerated() {
      let type = function.type(parameter.value)
      if index < bindings.count, let given = bindings[index] {
        try check(given, type, parameter.name)
        tensors.append(given)
      } else {
        tensors.append(
          try allocating { () throws(AllocationError) in
            try Tensor(type.element, type.shape.sizes ?? [], budget: budget)
          })
      }
    }
    return tensors
  }

  /// A plan whose parameters and results are bound anew for every run (`run(on:into:)`).
  convenience init(
    unbound function: TensorFunction, _ runtime: Runtime, random: RandomSource?,
    budget: MemoryBudget = .process
  ) throws(RuntimeError) {
    let (_, memory) = try PlanBuilder.build(function, runtime, .outside, random, budget)
    self.init(
      function: function, runtime: runtime, random: random, memory: memory, parameters: [],
      callsToLoss: 0, loss: nil)
  }
}

struct PlanBuilder {
  private let function: TensorFunction
  private let runtime: Runtime
  private let storage: ResultStorage
  private(set) var emission: Emission
  private(set) var arenaBytes = 0
  private(set) var resultPlaces: [Place] = []
  /// Calls before the loss is looked at: what is behind them changes something for good.
  private(set) var callsToLoss = 0
  private(set) var loss: Place?

  static func build(
    _ function: TensorFunction, _ runtime: Runtime, _ storage: ResultStorage,
    _ random: RandomSource?, inPlace: Bool = true, _ budget: MemoryBudget
  ) throws(RuntimeError) -> (PlanBuilder, PlanMemory) {
    var builder = try PlanBuilder(function, runtime, storage, inPlace: inPlace)
    try builder.emitAll()
    if random == nil, function.operations.contains(where: { $0.op.traits.contains(.random) }) {
      throw .plan("a random operation and no generator")
    }
    let (calls, stretches) = builder.finished()
    let memory = try PlanMemory(
      emission: builder.emission, arenaBytes: builder.arenaBytes, instructions: calls, stretches: stretches,
      resultPlaces: builder.resultPlaces, random: random, budget: budget)
    return (builder, memory)
  }

  private init(
    _ function: TensorFunction, _ runtime: Runtime, _ storage: ResultStorage, inPlace: Bool
  ) throws(RuntimeError) {
    self.function = function
    self.runtime = runtime
    self.storage = storage
    try Self.checkSizes(function)
    let start = Operation(.full, [], Attributes(), [], nil)
    emission = Emission(function, runtime.kernels, threads: runtime.pool.threads, first: start)
    try checkUpdates()
    let memory: MemoryPlan
    // A thread would wait for those who still read what its rows are written over.
    let reuses = emission.bands == nil
    do { memory = try MemoryPlan(function, inPlace: inPlace, reuses: reuses) } catch { throw .plan(error.message) }
    arenaBytes = memory.arenaByteCount
    assignHomes(memory)
  }

  /// The finished calls, and the stretches that threads work through.
  private func finished() -> (calls: [Instruction], stretches: [Stretch]) {
    var calls = emission.instructions.map(instruction)
    let stretches = Self.stretches(calls, cut: callsToLoss)
    let order = CallOrder(emission)
    for stretch in stretches where stretch.isShared {
      let range = stretch.first..<stretch.first + stretch.count
      for (index, waits) in zip(range, order.waits(range)) { calls[index].waits = waits }
    }
    return (calls, stretches)
  }

  private func instruction(_ call: PendingInstruction) -> Instruction {
    var arguments = call.arguments
    arguments.scratch = runtime.pool.scratch
    let pieces = call.band == nil ? runtime.pieces(units: call.units, cost: call.cost) : 1
    return Instruction(
      arguments: arguments, kernel: call.kernel, first: call.first, units: call.units, pieces: pieces, cost: call.cost,
      pause: runtime.pause(units: call.units, cost: call.cost), owner: call.band?.owner ?? -1)
  }

  /// Cut before the loss is looked at, and where there are more calls than threads keep an eye on.
  private static func stretches(_ calls: [Instruction], cut: Int) -> [Stretch] {
    [0..<cut, cut..<calls.count].flatMap { part in
      stride(from: part.lowerBound, to: part.upperBound, by: Claims.mostCalls).map { first in
        let range = first..<min(first + Claims.mostCalls, part.upperBound)
        return Stretch(
          first: first, count: range.count, isShared: calls[range].contains { $0.pieces > 1 || $0.owner >= 0 },
          cost: calls[range].reduce(0) { $0 + $1.cost })
      }
    }
  }

  /// Throws for a value that is larger than any memory.
  private static func checkSizes(_ function: TensorFunction) throws(RuntimeError) {
    for shape in function.values.lazy.map(\.type.shape) {
      guard let sizes = shape.sizes, shape.elementCount == nil else { continue }
      throw .allocation(AllocationError(shape: sizes, byteCount: nil, budget: .process))
    }
  }

  mutating func emitAll() throws(RuntimeError) {
    let cut = lastingOperation
    for (index, operation) in function.operations.enumerated() {
      if index == cut { callsToLoss = emission.instructions.count }
      if emission.constants[operation.results.first ?? ValueID(-1)] == nil,
        !operation.op.traits.contains(.view)
      {
        guard let emitter = EmitterTable.byName[operation.op.name] else {
          throw .plan("no kernel for `\(operation.op.name)`")
        }
        try emit(operation, index, emitter)
      }
    }
    if cut == function.operations.count { callsToLoss = emission.instructions.count }
    try placeResults()
  }

  private mutating func emit(_ operation: Operation, _ index: Int, _ emitter: Emitter) throws(RuntimeError) {
    let parts = emission.bands?.parts(of: index) ?? []
    for part in parts.isEmpty ? [nil] : parts.map(Optional.some) {
      emission.begin(operation, index, part)
      try emitter.emit(&emission)
    }
  }

  // MARK: Homes

  /// Where the memory plan puts them; constants stay out of memory until something needs them
  /// there, and results that a caller wants elsewhere are computed where he wants them.
  private mutating func assignHomes(_ memory: MemoryPlan) {
    var indices: [ValueID: Int] = [:]
    for (index, parameter) in function.parameters.enumerated() { indices[parameter.value] = index }
    for index in function.values.indices {
      let value = ValueID(index)
      switch memory.placement(value).storage {
      case .arena(let offset): emission.homes[value] = Place(.arena, offset: offset)
      case .parameter(let owner):
        if let parameter = indices[owner] { emission.homes[value] = Place(.parameter(parameter)) }
      }
    }
    if storage == .outside {
      for (value, index) in outsideResults { emission.homes[value] = Place(.result(index)) }
    }
    for operation in function.operations {
      guard let result = operation.results.first else { continue }
      if operation.op == .full {
        emission.constants[result] = constantBits(operation)
      } else if operation.op.traits.contains(.view), let source = operation.operands.first {
        emission.constants[result] = emission.constants[source]
      }
      if emission.constants[result] != nil { emission.homes[result] = nil }
    }
  }

  /// An f32 constant is rounded and flushed on entry; integers and truths are kept as their bits.
  private func constantBits(_ operation: Operation) -> Float {
    let value = operation.attributes.float("value") ?? 0
    switch function.type(operation.results[0]).element {
    case .f32: return Float(value).flushed
    case .i32: return Float(bitPattern: UInt32(bitPattern: Float(value).clampedInt32))
    case .bool: return Float(bitPattern: value == 0 ? 0 : 1)
    }
  }

  // MARK: Results

  /// Values that are computed right where the caller wants them: each result that no parameter
  /// owns, and what it is a view of.
  private var outsideResults: [ValueID: Int] {
    var sources: [ValueID: ValueID] = [:]
    for operation in function.operations where operation.op.traits.contains(.view) {
      sources[operation.results[0]] = operation.operands[0]
    }
    let inputs = Set(function.parameters.map(\.value))
    var owners: [ValueID: Int] = [:]
    for (index, result) in function.results.enumerated() where result.target == nil {
      var chain = [result.value]
      while let last = chain.last, let source = sources[last] { chain.append(source) }
      let isFree = chain.allSatisfy { owners[$0] == nil && !inputs.contains($0) }
      if isFree { for value in chain { owners[value] = index } }
    }
    return owners
  }

  /// Brings results to where they belong; what was not computed there is copied at the end.
  private mutating func placeResults() throws(RuntimeError) {
    for (index, result) in function.results.enumerated() {
      let home = emission.home(of: result.value)
      var wanted = home
      if let target = result.target, let place = emission.homes[target] {
        wanted = place
      } else if storage == .outside {
        wanted = Place(.result(index))
      }
      if wanted != home {
        emission.begin(Operation(.full, [], Attributes(), [], nil), nil)
        let count = function.type(result.value).shape.elementCount ?? 0
        try emitPlainCopy(&emission, from: home, to: wanted, count: count)
      }
      resultPlaces.append(wanted)
      if index == lossResult { loss = wanted }
    }
  }

  // MARK: The loss and the updates behind it

  /// The first plain number among the results.
  private var lossResult: Int? {
    function.results.firstIndex {
      $0.target == nil && function.type($0.value) == TensorType(.f32, .scalar)
    }
  }

  private var lossOperation: Int? {
    guard let lossResult else { return nil }
    let value = function.results[lossResult].value
    return function.operations.firstIndex { $0.results.contains(value) }
  }

  /// The first one behind the loss that changes something for good, or the end; nil without a loss.
  private var lastingOperation: Int? {
    lossOperation.map { loss in
      function.operations.indices.first { $0 > loss && function.operations[$0].isLasting } ?? function.operations.count
    }
  }

  /// Updates are in place: they come after the loss and nobody reads the old value behind them.
  private func checkUpdates() throws(RuntimeError) {
    var replaced: Set<ValueID> = []
    for (index, operation) in function.operations.enumerated() {
      if let stale = operation.operands.first(where: replaced.contains) {
        throw .plan("%\(stale.index) is read after its update")
      }
      guard operation.op.traits.contains(.update) else { continue }
      if let cut = lossOperation, index < cut { throw .plan("an update before the loss") }
      replaced.formUnion(operation.updatedOperands.map(\.operand))
    }
  }
}

extension Operation {
  /// Running it once more than needed would show: in parameters, or in what is drawn next.
  fileprivate var isLasting: Bool { op.traits.contains(.update) || op.traits.contains(.random) }
}

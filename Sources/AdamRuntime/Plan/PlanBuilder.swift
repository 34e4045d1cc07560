// From a tensor function to a plan: homes for values, kernel calls, memory.
import AdamIR
import AdamKernelABI
import AdamPasses

/// Where plain results of a plan are kept.
package enum ResultStorage: Hashable, Sendable {
  /// In the arena until the next run.
  case arena
  /// In tensors bound by the caller.
  case outside
}

extension Plan {
  /// - Parameters:
  ///   - bindings: storage of the parameters in order; nil: the plan makes its own, zero-filled.
  ///   - random: what random ops draw from; needed when the function has any.
  package convenience init(
    _ function: TensorFunction, _ runtime: Runtime, bindings: [Tensor?] = [],
    random: RandomSource? = nil, results: ResultStorage = .arena, budget: MemoryBudget = .process
  ) throws(RuntimeError) {
    var builder = try PlanBuilder(function, runtime, results)
    try builder.emitAll()
    if random == nil, function.operations.contains(where: { $0.op.traits.contains(.random) }) {
      throw .plan("a random operation and no generator")
    }
    var parameters: [Tensor] = []
    for (index, parameter) in function.parameters.enumerated() {
      let type = function.type(parameter.value)
      if index < bindings.count, let tensor = bindings[index] {
        try Plan.check(tensor, type, parameter.name)
        parameters.append(tensor)
      } else {
        parameters.append(
          try allocating { () throws(AllocationError) in
            try Tensor(type.element, type.shape.sizes ?? [], budget: budget)
          })
      }
    }
    let memory = try PlanMemory(
      emission: builder.emission, arenaBytes: builder.arenaBytes,
      instructions: builder.instructions, resultPlaces: builder.resultPlaces, random: random,
      budget: budget)
    self.init(
      function: function, runtime: runtime, random: random, memory: memory, parameters: parameters,
      lossBoundary: builder.lossBoundary, loss: builder.loss)
  }
}

struct PlanBuilder {
  private let function: TensorFunction
  private let runtime: Runtime
  private let storage: ResultStorage
  private(set) var emission: Emission
  private(set) var arenaBytes = 0
  private(set) var resultPlaces: [Place] = []
  private(set) var lossBoundary = 0
  private(set) var loss: Place?

  init(
    _ function: TensorFunction, _ runtime: Runtime, _ storage: ResultStorage
  ) throws(RuntimeError) {
    self.function = function
    self.runtime = runtime
    self.storage = storage
    let start = Operation(.full, [], Attributes(), [], nil)
    emission = Emission(function, runtime.kernels, first: start)
    for (index, info) in function.values.enumerated() {
      guard let count = info.type.shape.elementCount, count < Int.max / 8 else {
        throw .plan("value \(index) has no fixed size: \(info.type.text)")
      }
    }
    try checkUpdates()
    assignHomes()
  }

  /// The finished calls; `grain` is where threads and costs meet.
  var instructions: [Instruction] {
    emission.instructions.map {
      Instruction(
        arguments: $0.arguments, kernel: $0.kernel, units: $0.units,
        grain: Sharing.grain(units: $0.units, cost: $0.cost, threads: runtime.threads))
    }
  }

  mutating func emitAll() throws(RuntimeError) {
    let cut = lossOperation
    for (index, operation) in function.operations.enumerated() {
      if emission.constants[operation.results.first ?? ValueID(-1)] == nil,
        !operation.op.traits.contains(.view)
      {
        guard let emitter = EmitterTable.byName[operation.op.name] else {
          throw .plan("no kernel for `\(operation.op.name)`")
        }
        emission.begin(operation)
        try emitter.emit(&emission)
      }
      if index == cut { lossBoundary = emission.instructions.count }
    }
    try placeResults()
  }

  // MARK: Homes

  private mutating func assignHomes() {
    for (index, parameter) in function.parameters.enumerated() {
      emission.homes[parameter.value] = Place(.parameter(index))
    }
    let outside = storage == .outside ? outsideResults : [:]
    for operation in function.operations {
      if operation.op == .full, let result = operation.results.first {
        emission.constants[result] = constantBits(operation)
      } else if operation.op.traits.contains(.view) {
        share(operation.operands[0], with: operation.results[0])
      } else if operation.op.traits.contains(.update) {
        // p, g, slots… → p', slots'…: in place.
        for (index, result) in operation.results.enumerated() {
          share(operation.operands[index == 0 ? 0 : index + 1], with: result)
        }
      } else {
        for result in operation.results {
          emission.homes[result] = outside[result].map { Place(.result($0)) } ?? arenaPlace(result)
        }
      }
    }
  }

  private mutating func share(_ source: ValueID, with result: ValueID) {
    emission.homes[result] = emission.homes[source]
    emission.constants[result] = emission.constants[source]
  }

  private mutating func arenaPlace(_ value: ValueID) -> Place {
    let place = Place(.arena, offset: arenaBytes)
    arenaBytes += ((function.type(value).shape.elementCount ?? 0) * 4 + 63) & ~63
    return place
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

  /// Values that can be computed right where the caller wants them: the root of each result.
  private var outsideResults: [ValueID: Int] {
    var roots: [ValueID: ValueID] = [:]
    for operation in function.operations where operation.op.traits.contains(.view) {
      roots[operation.results[0]] = roots[operation.operands[0]] ?? operation.operands[0]
    }
    var owners: [ValueID: Int] = [:]
    for (index, result) in function.results.enumerated() where result.target == nil {
      let root = roots[result.value] ?? result.value
      if owners[root] == nil { owners[root] = index }
    }
    return owners
  }

  /// Brings results to where they belong; what was not computed there is copied at the end.
  private mutating func placeResults() throws(RuntimeError) {
    for (index, result) in function.results.enumerated() {
      let home = emission.place(of: result.value)
      var wanted = home
      if let target = result.target, let place = emission.homes[target] {
        wanted = place
      } else if storage == .outside {
        wanted = Place(.result(index))
      }
      if wanted != home {
        emission.begin(Operation(.full, [], Attributes(), [], nil))
        let count = function.type(result.value).shape.elementCount ?? 0
        try emitPlainCopy(&emission, from: home, to: wanted, count: count)
      }
      resultPlaces.append(wanted)
      if index == lossResult { loss = wanted }
    }
  }

  // MARK: The loss and the updates behind it

  /// The first plain number among the results of a function that updates something.
  private var lossResult: Int? {
    guard function.operations.contains(where: { $0.op.traits.contains(.update) }) else { return nil }
    return function.results.firstIndex {
      $0.target == nil && function.type($0.value) == TensorType(.f32, .scalar)
    }
  }

  private var lossOperation: Int? {
    guard let lossResult else { return nil }
    let value = function.results[lossResult].value
    return function.operations.firstIndex { $0.results.contains(value) }
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
      for place in operation.results.indices {
        replaced.insert(operation.operands[place == 0 ? 0 : place + 1])
      }
    }
  }
}

/// When threads share a call.
enum Sharing {
  /// Below this many nanoseconds a call stays with the caller: moving lines between cores costs more.
  static let threshold = 12_000.0

  /// Units in a piece, 0: not shared. Some pieces per thread even out a core that somebody else uses.
  static func grain(units: Int, cost: Double, threads: Int) -> Int {
    guard threads > 1, units > 1, cost >= threshold else { return 0 }
    let pieces = min(units, threads * 4, max(2, Int(min(cost / 4_000, 256))))
    return (units + pieces - 1) / pieces
  }
}

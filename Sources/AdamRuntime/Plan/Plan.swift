// A tensor function ready to run: one arena, a flat array of kernel calls, storage bound from outside.
import AdamIR
import AdamKernelABI

/// Built once for fixed shapes; running it allocates nothing. Keeps what it is bound to alive.
package final class Plan {
  package let function: TensorFunction
  package let runtime: Runtime
  let instructionCount: Int
  let instructions: UnsafePointer<Instruction>
  let stretches: UnsafePointer<Stretch>
  let stretchCount: Int
  /// How many of them come before the loss is looked at.
  let stretchesToLoss: Int
  /// One of the calls takes long.
  let isLong: Bool
  /// One of the calls is large enough for threads.
  let isShared: Bool
  /// Whether they make its steps faster.
  var pace = Pace()
  /// The loss of a training step, to be looked at before anything is updated: the first single number
  /// among the results; nil when there is none.
  let loss: UnsafePointer<Float>?
  private let memory: PlanMemory
  private let random: RandomSource?
  /// Empty in a plan that is bound anew for every run.
  private var parameters: [Tensor]

  init(
    function: TensorFunction, runtime: Runtime, random: RandomSource?, memory: PlanMemory,
    parameters: [Tensor], callsToLoss: Int, loss: Place?
  ) {
    self.function = function
    self.runtime = runtime
    self.random = random
    self.memory = memory
    self.parameters = parameters
    self.instructionCount = memory.instructionCount
    self.instructions = memory.instructions
    (stretches, stretchCount) = memory.stretches
    let stretches = UnsafeBufferPointer(start: self.stretches, count: stretchCount)
    stretchesToLoss = stretches.firstIndex { $0.first >= callsToLoss } ?? stretchCount
    isLong = (0..<memory.instructionCount).contains { memory.instructions[$0].pause > 0 }
    isShared = stretches.contains(where: \.isShared)
    self.loss = loss.flatMap { memory.address(of: $0) }.map {
      UnsafePointer($0.assumingMemoryBound(to: Float.self))
    }
    for (index, tensor) in parameters.enumerated() {
      memory.bindParameter(index, to: tensor.pointer)
    }
  }

  deinit { memory.free() }

  /// Bytes of the arena with its scratch: what one run needs beside the bound tensors.
  package var arenaBytes: Int { memory.arenaBytes }
  /// Kernel calls of one run.
  package var callCount: Int { instructionCount }
  /// What a call is part of: the operation and the type of its first result.
  func label(ofCall index: Int) -> String {
    guard let operation = memory.operations[index].map({ function.operations[$0] }) else { return "results" }
    let types = operation.results.first.map { " " + function.type($0).text } ?? ""
    return operation.op.name + types
  }

  // MARK: Binding

  /// The tensor that a parameter uses: what was bound, or one of the plan's own (zeros at first).
  package func parameter(_ index: Int) -> Tensor? {
    parameters.indices.contains(index) ? parameters[index] : nil
  }

  package func parameterIndex(_ name: String) -> Int? {
    function.parameters.firstIndex { $0.name == name }
  }

  /// Uses `tensor` for a parameter from now on: read, and updated in place where the function does.
  package func bind(_ index: Int, to tensor: Tensor) throws(RuntimeError) {
    guard parameters.indices.contains(index) else { throw .plan("there is no parameter \(index)") }
    if parameters[index] === tensor { return }
    let parameter = function.parameters[index]
    try Plan.check(tensor, function.type(parameter.value), parameter.name)
    parameters[index] = tensor
    memory.bindParameter(index, to: tensor.pointer)
  }

  /// As above by name; a name that the function does not have is left alone.
  package func bind(_ name: String, to tensor: Tensor) throws(RuntimeError) {
    if let index = parameterIndex(name) { try bind(index, to: tensor) }
  }

  static func check(_ tensor: Tensor, _ type: TensorType, _ name: String) throws(RuntimeError) {
    guard tensor.type == type else {
      throw .plan("\(name) is \(type.text), not \(tensor.type.text)")
    }
  }

  // MARK: Running

  /// Runs the whole function once.
  package func run() { runCalls() }

  /// Runs a plan made unbound. The tensors must have the function's types; they are not kept. Throws
  /// when it was stopped, with the results incomplete.
  func run(on operands: [Tensor], into results: [Tensor]) throws(RuntimeError) {
    for (index, tensor) in operands.enumerated() { memory.bindParameter(index, to: tensor.pointer) }
    for (index, tensor) in results.enumerated() { memory.bindResult(index, to: tensor.pointer) }
    let isDone = withExtendedLifetime((operands, results)) {
      if isLong { return runCalls(until: runtime.isCancelled) }
      runCalls()
      return true
    }
    if !isDone { throw .cancelled }
  }

  /// As above for one or two operands and one result, whose owners live on.
  func run(
    _ x: UnsafeMutableRawPointer, _ y: UnsafeMutableRawPointer?, into result: UnsafeMutableRawPointer
  ) {
    memory.bindParameter(0, to: x)
    if let y { memory.bindParameter(1, to: y) }
    memory.bindResult(0, to: result)
    runCalls()
  }

  // MARK: Reading

  /// A copy of the n-th result as the last run left it.
  package func result(_ index: Int) throws(RuntimeError) -> Tensor {
    guard function.results.indices.contains(index), let source = resultAddress(index) else {
      throw .plan("there is no result \(index)")
    }
    let type = function.type(function.results[index].value)
    let tensor = try allocating { () throws(AllocationError) in
      try Tensor(uninitialized: type.element, type.shape.sizes ?? [])
    }
    tensor.pointer.copyMemory(from: source, byteCount: tensor.elementCount * 4)
    return tensor
  }

  /// The first element of an f32 result without a copy: a loss. nil when there is none.
  package func resultNumber(_ index: Int) -> Double? {
    guard function.results.indices.contains(index),
      function.type(function.results[index].value).element == .f32,
      function.type(function.results[index].value).shape.elementCount ?? 0 > 0
    else { return nil }
    return resultAddress(index).map { Double($0.load(as: Float.self)) }
  }

  /// Appends the elements of the n-th f32 result as the last run left them.
  package func appendResult(_ index: Int, to values: inout [Float]) {
    guard function.results.indices.contains(index), let source = resultAddress(index) else { return }
    let type = function.type(function.results[index].value)
    guard type.element == .f32, let count = type.shape.elementCount else { return }
    let start = UnsafePointer(source.assumingMemoryBound(to: Float.self))
    values.append(contentsOf: UnsafeBufferPointer(start: start, count: count))
  }

  private func resultAddress(_ index: Int) -> UnsafeMutableRawPointer? {
    let place = memory.resultPlace(index)
    if case .parameter(let owner) = place.base {
      return parameters.indices.contains(owner) ? parameters[owner].pointer + place.offset : nil
    }
    return memory.address(of: place)
  }
}

/// Gives an allocation's error the runtime's type.
func allocating<T>(_ body: () throws(AllocationError) -> T) throws(RuntimeError) -> T {
  do { return try body() } catch { throw .allocation(error) }
}

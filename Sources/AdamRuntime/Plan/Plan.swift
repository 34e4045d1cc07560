// A tensor function ready to run: one arena, a flat array of kernel calls, storage bound from outside.
import AdamIR
import AdamKernelABI

/// Built once for fixed shapes; running it allocates nothing. Keeps what it is bound to alive.
package final class Plan {
  package let function: TensorFunction
  package let runtime: Runtime
  /// Calls before the loss is known, then the rest; equal when there is no such cut.
  let lossBoundary: Int
  let instructionCount: Int
  let instructions: UnsafePointer<Instruction>
  /// The loss of a training step, to be looked at before anything is updated.
  let loss: UnsafePointer<Float>?
  private let memory: PlanMemory
  private let random: RandomSource?
  private var parameters: [Tensor]
  private var results: [Tensor?]

  init(
    function: TensorFunction, runtime: Runtime, random: RandomSource?, memory: PlanMemory,
    parameters: [Tensor], lossBoundary: Int, loss: Place?
  ) {
    self.function = function
    self.runtime = runtime
    self.random = random
    self.memory = memory
    self.parameters = parameters
    self.results = function.results.map { _ in nil }
    self.lossBoundary = lossBoundary
    self.instructionCount = memory.instructionCount
    self.instructions = memory.instructions
    self.loss = loss.flatMap { memory.address(of: $0)?.assumingMemoryBound(to: Float.self) }.map {
      UnsafePointer($0)
    }
    for index in parameters.indices { memory.bind(.parameter(index), to: parameters[index].pointer) }
  }

  deinit { memory.free() }

  /// Bytes of the arena with its scratch: what one run needs beside the bound tensors.
  package var arenaBytes: Int { memory.arenaBytes }
  package var callCount: Int { instructionCount }

  // MARK: Binding

  /// The tensor that a parameter uses: what was bound, or one of the plan's own (zeros at first).
  package func parameter(_ index: Int) -> Tensor { parameters[index] }

  package func parameterIndex(_ name: String) -> Int? {
    function.parameters.firstIndex { $0.name == name }
  }

  /// Uses `tensor` for a parameter from now on: read, and updated in place where the function does.
  package func bind(_ index: Int, to tensor: Tensor) throws(RuntimeError) {
    guard parameters.indices.contains(index) else { throw .plan("no parameter \(index)") }
    if parameters[index] === tensor { return }
    let expected = function.type(function.parameters[index].value)
    try Plan.check(tensor, expected, function.parameters[index].name)
    parameters[index] = tensor
    memory.bind(.parameter(index), to: tensor.pointer)
  }

  /// Writes a result into `tensor` from now on. Only for plans built with results outside.
  func bindResult(_ index: Int, to tensor: Tensor) throws(RuntimeError) {
    try Plan.check(tensor, function.type(function.results[index].value), "result \(index)")
    results[index] = tensor
    memory.bind(.result(index), to: tensor.pointer)
  }

  static func check(_ tensor: Tensor, _ type: TensorType, _ name: String) throws(RuntimeError) {
    guard tensor.element == type.element, type.shape.sizes == tensor.sizes else {
      throw .plan("\(name) is \(type.text), not \(tensor.type.text)")
    }
  }

  // MARK: Running

  /// Runs the whole function once.
  package func run() {
    runInstructions(instructions, 0..<instructionCount, runtime.pool)
  }

  /// A copy of the n-th result of the last run: the current value of what it replaces, or the value
  /// itself.
  package func result(_ index: Int) throws(RuntimeError) -> Tensor {
    let result = function.results[index]
    if let target = result.target,
      let parameter = function.parameters.firstIndex(where: { $0.value == target })
    {
      return try allocating { () throws(AllocationError) in try parameters[parameter].copy() }
    }
    if let bound = results[index] { return bound }
    let type = function.type(result.value)
    let tensor = try allocating { () throws(AllocationError) in
      try Tensor(uninitialized: type.element, type.shape.sizes ?? [])
    }
    if let source = memory.resultAddress(index) {
      tensor.pointer.copyMemory(from: source, byteCount: tensor.elementCount * 4)
    }
    return tensor
  }

  /// The first element of the n-th result without a copy: a loss.
  package func resultNumber(_ index: Int) -> Double? {
    guard let source = memory.resultAddress(index) else { return nil }
    return Double(source.load(as: Float.self))
  }
}

/// Gives an allocation's error the runtime's type.
func allocating<T>(_ body: () throws(AllocationError) -> T) throws(RuntimeError) -> T {
  do { return try body() } catch { throw .allocation(error) }
}

// Programs made ready to run: fixed-size instructions without reference counts, names resolved to
// slots. What is rare or large stays as the program's instruction and is reached by its index.
import AdamIR
import AdamLibrary
import AdamSource

/// What the loop of the VM switches over. `slow` covers every instruction without a case of its own.
/// The names with `Constant` take a constant as right operand; those with `Branch` are a comparison and
/// the `jumpIfFalse` behind it; `elementBefore` is `xs[i - k]`, `iterateRange` the start of a loop
/// over `a..<b` (see `Fusion`).
enum Opcode: UInt8 {
  case constant, move
  case add, subtract, multiply, divide, remainder
  case addConstant, subtractConstant, multiplyConstant, divideConstant, remainderConstant
  case less, lessEqual, greater, greaterEqual, equal, notEqual
  case lessBranch, lessEqualBranch, greaterBranch, greaterEqualBranch, equalBranch, notEqualBranch
  case lessConstantBranch, lessEqualConstantBranch, greaterConstantBranch, greaterEqualConstantBranch
  case equalConstantBranch, notEqualConstantBranch
  case negate, not
  case jump, jumpIfFalse, jumpIfTrue, loop, loopNext, nothing
  case next, iterateRange, loadGlobal, takeGlobal, storeGlobal, call, returnValue
  /// A call of a variable's function: with its load, or behind a load that leaves functions alone or
  /// is left to the call.
  case callGlobal, loadCallee, callLoaded
  case element, elementBefore, setElement, append, inlined
  /// `xs[i] = b op c`; the code of the `setElement` stands `count` behind.
  case addInto, subtractInto, multiplyInto, addConstantInto, subtractConstantInto, multiplyConstantInto
  case slow
}

/// 16 bytes; the meaning of a, b, c follows the instruction: destination first, jump target last.
struct Code {
  var op: Opcode
  /// How far the next instruction is when this one was done at once.
  var skip: UInt8 = 1
  /// Arguments of a call. Of a range: 1 where its end belongs to it. Of arithmetic: the instructions
  /// before its own, `.max` where it is done at once with numbers only.
  var count: UInt16 = 0
  var a: Int32 = 0
  var b: Int32 = 0
  var c: Int32 = 0
}

/// One function's code at a fixed address.
final class DecodedFunction {
  let function: ProgramFunction
  let codes: UnsafeMutablePointer<Code>
  /// Places of the instructions.
  let spans: UnsafeMutablePointer<Span>
  unowned(unsafe) let owner: DecodedProgram
  /// Of the whole program.
  fileprivate(set) var constants: UnsafePointer<Value>
  /// Registers of the arguments of the program's calls by position.
  fileprivate(set) var arguments: UnsafePointer<Int32>
  let registerCount: Int
  let parameterCount: Int
  /// An interpreter keeps it until its run ends.
  var isHeld = false
  /// What it reads and does; found when first asked for.
  lazy var reads = CodeReads(of: self)

  init(_ function: ProgramFunction, _ decoded: [Code], owner: DecodedProgram) {
    self.function = function
    self.owner = owner
    constants = UnsafePointer(owner.constantBase)
    arguments = UnsafePointer(owner.argumentBase)
    registerCount = Int(function.registerCount)
    parameterCount = function.parameters.count
    codes = .allocate(capacity: max(decoded.count, 1))
    codes.initialize(from: decoded, count: decoded.count)
    spans = .allocate(capacity: max(function.spans.count, 1))
    spans.initialize(from: function.spans, count: function.spans.count)
  }

  deinit {
    codes.deallocate()
    spans.deallocate()
  }
}

/// A program with its functions decoded; closures and the interpreter that runs it keep it alive.
final class DecodedProgram {
  let program: Program
  private(set) var functions: [DecodedFunction] = []
  private var constants: [Value] = []
  /// The constants at a fixed address; complete once the program is decoded.
  fileprivate var constantBase = UnsafeMutablePointer<Value>.allocate(capacity: 1)
  private var constantCount = 0
  /// Registers of the arguments of calls by position, one call behind the other.
  private var arguments: [Int32] = []
  fileprivate var argumentBase = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
  /// Slot of each name of the program.
  let slots: [Int32]

  init(_ program: Program, globals: GlobalTable) {
    self.program = program
    slots = program.names.map { Int32(clamping: globals.slot($0, in: program.module)) }
    functions = program.functions.enumerated().map { index, function in
      DecodedFunction(function, decode(function, isMain: index == 0), owner: self)
    }
    constantBase.deallocate()
    constantCount = constants.count
    constantBase = .allocate(capacity: max(constantCount, 1))
    constantBase.initialize(from: constants, count: constantCount)
    constants = []
    argumentBase.deallocate()
    argumentBase = .allocate(capacity: max(arguments.count, 1))
    argumentBase.initialize(from: arguments, count: arguments.count)
    arguments = []
    for function in functions {
      function.constants = UnsafePointer(constantBase)
      function.arguments = UnsafePointer(argumentBase)
    }
  }

  deinit {
    constantBase.deinitialize(count: constantCount)
    constantBase.deallocate()
    argumentBase.deallocate()
  }

  private func decode(_ function: ProgramFunction, isMain: Bool) -> [Code] {
    var codes = function.instructions.map { decode($0) }
    for index in codes.indices where codes[index].op == .loadGlobal {
      if isUpdate(function.instructions, at: index) { codes[index].op = .takeGlobal }
    }
    for index in codes.indices where codes[index].op == .loop {
      // The header behind which the loop goes on does nothing.
      codes[index].c += 1
    }
    // Straight top-level code runs once: looking at it would cost more than it gains.
    if !isMain || codes.contains(where: { $0.op == .loop }) {
      Fusion(function).apply(to: &codes) { constants[Int($0)] }
    }
    return codes
  }

  /// Load, change and store of one variable: the value may be moved out and changed in place.
  private func isUpdate(_ instructions: [Instruction], at index: Int) -> Bool {
    guard index + 2 < instructions.count,
      case .loadGlobal(let d, let name) = instructions[index],
      case .storeGlobal(name, d) = instructions[index + 2]
    else { return false }
    switch instructions[index + 1] {
    case .setIndex(d, _, _): return true
    case .callMethod(d, d, let method, let site):
      return program.names[Int(method)] == "append" && site.isSinglePosition
    default: return false
    }
  }

  private func decode(_ instruction: Instruction) -> Code {
    switch instruction {
    case .constant(let d, let value):
      constants.append(.constant(value))
      return Code(op: .constant, a: d.index, b: Int32(clamping: constants.count - 1))
    case .move(let d, let a): return Code(op: .move, a: d.index, b: a.index)
    case .binary(let d, let op, let a, let b):
      return Code(op: op.opcode, a: d.index, b: a.index, c: b.index)
    case .index(let d, let a, let items):
      guard items.count == 1, case .value(let place) = items[0] else { return Code(op: .slow) }
      return Code(op: .element, a: d.index, b: a.index, c: place.index)
    case .setIndex(let base, let items, let a):
      guard items.count == 1, case .value(let place) = items[0] else { return Code(op: .slow) }
      return Code(op: .setElement, a: base.index, b: place.index, c: a.index)
    case .append(let list, let a): return Code(op: .append, a: list.index, c: a.index)
    case .callMethod(let d, let receiver, let method, let site):
      guard d == receiver, site.isUpdate, program.names[Int(method)] == "append", site.isSinglePosition
      else { return Code(op: .slow) }
      return Code(op: .append, a: d.index, c: site.arguments[0].register.index)
    case .negate(let d, let a): return Code(op: .negate, a: d.index, b: a.index)
    case .not(let d, let a): return Code(op: .not, a: d.index, b: a.index)
    case .jump(let target): return Code(op: .jump, c: target)
    case .jumpIfFalse(let a, let target): return Code(op: .jumpIfFalse, a: a.index, c: target)
    case .jumpIfTrue(let a, let target): return Code(op: .jumpIfTrue, a: a.index, c: target)
    case .loop(let target): return Code(op: .loop, c: target)
    case .loopHeader: return Code(op: .nothing)
    case .next(let d, let iterator, let done):
      return Code(op: .next, a: d.index, b: iterator.index, c: done)
    case .loadGlobal(let d, let name):
      return Code(op: .loadGlobal, a: d.index, b: slots[Int(name)])
    case .storeGlobal(let name, let a):
      return Code(op: .storeGlobal, a: a.index, b: slots[Int(name)])
    case .call(let d, let f, let site): return call(d, f, site)
    case .inlined(let f, let number, let call):
      return Code(op: .inlined, a: f.index, b: Int32(clamping: number), c: call)
    case .returnValue(let a): return Code(op: .returnValue, a: a.index)
    default: return Code(op: .slow)
    }
  }

  private func call(_ d: Register, _ f: Register, _ site: CallSite) -> Code {
    guard site.arguments.allSatisfy({ $0.name == nil }), let count = UInt16(exactly: site.arguments.count)
    else { return Code(op: .slow) }
    arguments += site.arguments.map(\.register.index)
    return Code(
      op: .call, count: count, a: d.index, b: f.index,
      c: Int32(clamping: arguments.count - site.arguments.count))
  }
}

extension CallSite {
  /// One argument by position.
  var isSinglePosition: Bool { arguments.count == 1 && arguments[0].name == nil && fallback == nil }
}

extension ProgramOperator {
  fileprivate var opcode: Opcode {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .less: .less
    case .lessEqual: .lessEqual
    case .greater: .greater
    case .greaterEqual: .greaterEqual
    case .equal: .equal
    case .notEqual: .notEqual
    case .remainder: .remainder
    case .power, .matmul, .concatenate, .then: .slow
    }
  }
}

// Programs made ready to run: fixed-size instructions without reference counts, names resolved to
// slots. What is rare or large stays as the program's instruction and is reached by its index.
import AdamIR
import AdamLibrary

/// What the loop of the VM switches over. `slow` covers every instruction without a case of its own.
enum Opcode: UInt8 {
  case constant, move, add, subtract, multiply, divide
  case less, lessEqual, greater, greaterEqual, equal, notEqual
  case negate, not
  case jump, jumpIfFalse, jumpIfTrue, loop, nothing
  case next, loadGlobal, takeGlobal, storeGlobal, call, returnValue
  /// Calls a function of the same shape without copying its site: `call` with positions only.
  case slow
}

/// 16 bytes; the meaning of a, b, c follows the instruction: destination first, jump target last.
struct Code {
  var op: Opcode
  var a: Int32 = 0
  var b: Int32 = 0
  var c: Int32 = 0
}

/// One function's code at a fixed address.
final class DecodedFunction {
  let function: ProgramFunction
  let codes: UnsafeMutablePointer<Code>
  unowned let owner: DecodedProgram

  init(_ function: ProgramFunction, _ decoded: [Code], owner: DecodedProgram) {
    self.function = function
    self.owner = owner
    codes = .allocate(capacity: max(decoded.count, 1))
    codes.initialize(from: decoded, count: decoded.count)
  }

  deinit { codes.deallocate() }
}

/// A program with its functions decoded; closures keep it alive.
final class DecodedProgram {
  let program: Program
  private(set) var functions: [DecodedFunction] = []
  private var constants: [Value] = []
  /// The constants at a fixed address; complete once the program is decoded.
  private(set) var constantBase = UnsafeMutablePointer<Value>.allocate(capacity: 1)
  private var constantCount = 0
  /// Slot of each name of the program.
  let slots: [Int32]

  init(_ program: Program, globals: GlobalTable) {
    self.program = program
    slots = program.names.map { Int32(clamping: globals.slot($0, in: program.module)) }
    functions = program.functions.map { function in
      DecodedFunction(function, decode(function), owner: self)
    }
    constantBase.deallocate()
    constantCount = constants.count
    constantBase = .allocate(capacity: max(constantCount, 1))
    constantBase.initialize(from: constants, count: constantCount)
    constants = []
  }

  deinit {
    constantBase.deinitialize(count: constantCount)
    constantBase.deallocate()
  }

  private func decode(_ function: ProgramFunction) -> [Code] {
    var codes = function.instructions.map { decode($0) }
    for index in codes.indices where codes[index].op == .loadGlobal {
      if isUpdate(function.instructions, at: index) { codes[index].op = .takeGlobal }
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
    case .call: return Code(op: .call)
    case .returnValue(let a): return Code(op: .returnValue, a: a.index)
    default: return Code(op: .slow)
    }
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
    case .remainder, .power, .matmul, .concatenate, .then: .slow
    }
  }
}

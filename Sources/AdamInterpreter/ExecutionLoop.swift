// The loop of the VM. Numbers and jumps are done here; everything else goes to `slow`, which may call
// back into the script, so the address of the registers is taken anew behind it.
import AdamIR
import AdamLibrary
import AdamSource

extension Interpreter {
  /// Runs until the frame at `depth` returns; gives its value. On an error the frames above `depth`
  /// are left.
  func loop(until depth: Int) throws(Diagnostic) -> Value {
    do throws(Diagnostic) {
      return try execute(until: depth)
    } catch {
      let annotated = annotated(error, from: depth)
      unwind(to: depth)
      throw annotated
    }
  }

  private func execute(until depth: Int) throws(Diagnostic) -> Value {
    guard var frame = frames.last else { return .none }
    var codes = frame.function.codes
    var registers = stack.base + frame.base
    var pc = frame.resume
    while true {
      let code = codes[pc]
      pc += 1
      switch code.op {
      case .constant:
        registers[Int(code.a)] = frame.function.owner.constants[Int(code.b)]
        continue
      case .move:
        registers[Int(code.a)] = registers[Int(code.b)]
        continue
      case .add:
        if case .number(let x) = registers[Int(code.b)], case .number(let y) = registers[Int(code.c)],
          (x + y).isFinite
        {
          registers[Int(code.a)] = .number(x + y)
          continue
        }
      case .subtract:
        if case .number(let x) = registers[Int(code.b)], case .number(let y) = registers[Int(code.c)],
          (x - y).isFinite
        {
          registers[Int(code.a)] = .number(x - y)
          continue
        }
      case .multiply:
        if case .number(let x) = registers[Int(code.b)], case .number(let y) = registers[Int(code.c)],
          (x * y).isFinite
        {
          registers[Int(code.a)] = .number(x * y)
          continue
        }
      case .divide:
        if case .number(let x) = registers[Int(code.b)], case .number(let y) = registers[Int(code.c)],
          (x / y).isFinite
        {
          registers[Int(code.a)] = .number(x / y)
          continue
        }
      case .less, .lessEqual, .greater, .greaterEqual, .equal, .notEqual:
        if case .number(let x) = registers[Int(code.b)], case .number(let y) = registers[Int(code.c)] {
          registers[Int(code.a)] = .bool(code.op.compares(x, y))
          continue
        }
      case .negate:
        if case .number(let x) = registers[Int(code.b)] {
          registers[Int(code.a)] = .number(-x)
          continue
        }
      case .not:
        if case .bool(let x) = registers[Int(code.b)] {
          registers[Int(code.a)] = .bool(!x)
          continue
        }
      case .jump:
        pc = Int(code.c)
        continue
      case .jumpIfFalse, .jumpIfTrue:
        if case .bool(let condition) = registers[Int(code.a)] {
          if condition == (code.op == .jumpIfTrue) { pc = Int(code.c) }
          continue
        }
      case .loop:
        try tick(at: frame.function.function.spans[pc - 1])
        pc = Int(code.c)
        continue
      case .nothing: continue
      case .next:
        // A range of numbers counts in the two registers behind the iterator's own.
        if case .none = registers[Int(code.b)], case .number(let x) = registers[Int(code.b) + 1],
          case .number(let last) = registers[Int(code.b) + 2]
        {
          if x > last {
            pc = Int(code.c)
          } else {
            registers[Int(code.a)] = .number(x)
            registers[Int(code.b) + 1] = .number(x + 1)
          }
          continue
        }
      case .loadGlobal:
        let value = globals.load(Int(code.b))
        if !value.isUnset {
          registers[Int(code.a)] = value
          continue
        }
      case .storeGlobal:
        globals.store(Int(code.b), registers[Int(code.a)])
        taken = nil
        continue
      case .returnValue:
        let value = registers[Int(code.a)]
        popFrame()
        guard frames.count > depth, let caller = frames.last else { return value }
        (stack.base + caller.base)[Int(frame.destination)] = value
        frame = caller
        codes = frame.function.codes
        registers = stack.base + frame.base
        pc = frame.resume
        continue
      case .takeGlobal, .call, .slow: break
      }
      // Only what the fast cases above did not take comes here.
      frames[frames.count - 1].resume = pc
      let before = frames.count
      try slow(frame, pc - 1, jump: &pc)
      if frames.count > before, let callee = frames.last {
        frame = callee
        codes = frame.function.codes
        pc = 0
      }
      registers = stack.base + frame.base
    }
  }
}

extension Opcode {
  @inline(__always)
  fileprivate func compares(_ x: Double, _ y: Double) -> Bool {
    switch self {
    case .less: x < y
    case .lessEqual: x <= y
    case .greater: x > y
    case .greaterEqual: x >= y
    case .equal: x == y
    default: x != y
    }
  }
}

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

  /// The loop keeps plain addresses only: what it holds must fit the processor's registers, and a
  /// value of several words would be copied through memory at every instruction.
  private func execute(until depth: Int) throws(Diagnostic) -> Value {
    guard let first = frames.last else { return .none }
    var codes = UnsafePointer(first.function.codes)
    var constants = UnsafePointer(first.owner.constantBase)
    var registers = stack.base + first.base
    var cells = globals.values
    var stamps = UnsafePointer(globals.stamps)
    var statement = globals.statement
    var stores = 0
    var pc = first.resume
    defer { globals.noteStores(stores) }
    while true {
      let code = codes[pc]
      pc += 1
      switch code.op {
      case .constant:
        registers[Int(code.a)] = constants[Int(code.b)]
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
        try tick(at: frames[frames.count - 1].function.function.spans[pc - 1])
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
        // A variable; what the name means without one is looked up by the slow way.
        if case .unset = cells[Int(code.b)] { break }
        registers[Int(code.a)] = cells[Int(code.b)]
        continue
      case .storeGlobal:
        taken = nil
        if stamps[Int(code.b)] == statement {
          stores &+= 1
          cells[Int(code.b)] = registers[Int(code.a)]
        } else {
          globals.store(Int(code.b), registers[Int(code.a)])
        }
        continue
      case .returnValue:
        let value = registers[Int(code.a)]
        let destination = frames[frames.count - 1].destination
        popFrame()
        guard frames.count > depth, let caller = frames.last else { return value }
        registers = stack.base + caller.base
        registers[Int(destination)] = value
        codes = UnsafePointer(caller.function.codes)
        constants = UnsafePointer(caller.owner.constantBase)
        pc = caller.resume
        continue
      case .takeGlobal, .call, .slow: break
      }
      // Only what the fast cases above did not take comes here.
      let before = frames.count
      frames[before - 1].resume = pc
      globals.noteStores(stores)
      stores = 0
      try slow(frames[before - 1], pc - 1, jump: &pc)
      let running = frames[frames.count - 1]
      if frames.count > before {
        codes = UnsafePointer(running.function.codes)
        constants = UnsafePointer(running.owner.constantBase)
        pc = 0
      }
      registers = stack.base + running.base
      cells = globals.values
      stamps = UnsafePointer(globals.stamps)
      statement = globals.statement
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

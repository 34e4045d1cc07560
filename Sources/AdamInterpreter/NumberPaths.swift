// What the loop does itself on registers that hold numbers and truths. Each gives false and changes
// nothing when it is not for it; then the slow way does the instruction.
import AdamLibrary

extension UnsafeMutablePointer<Value> {
  /// Stores a value without a reference. What was there is given up; a number costs nothing.
  @inline(__always)
  func put(_ value: Value, _ index: Int32) {
    switch self[Int(index)] {
    case .number, .bool, .none, .unset: (self + Int(index)).initialize(to: value)
    default: replace(value, index)
    }
  }

  @inline(never)
  private func replace(_ value: Value, _ index: Int32) { self[Int(index)] = value }

  /// Copies from any register, constant or variable. A register that holds the very same box already
  /// is left alone: no reference is counted.
  @inline(__always)
  func copy(_ source: UnsafePointer<Value>, _ index: Int32) -> Bool {
    if case .number(let x) = source.pointee {
      put(.number(x), index)
    } else if !holdsSame(as: source, index) {
      replace(source.pointee, index)
    }
    return true
  }

  /// A variable's value; what the name means without one is looked up by the slow way.
  @inline(__always)
  func load(_ variable: UnsafePointer<Value>, _ index: Int32) -> Bool {
    if case .unset = variable.pointee { return false }
    return copy(variable, index)
  }

  /// Whether the bytes of both values agree.
  @inline(__always)
  private func holdsSame(as source: UnsafePointer<Value>, _ index: Int32) -> Bool {
    let last = MemoryLayout<Value>.size - 1
    let (held, wanted) = (UnsafeRawPointer(self + Int(index)), UnsafeRawPointer(source))
    return held.load(as: UInt64.self) == wanted.load(as: UInt64.self)
      && held.load(fromByteOffset: last, as: UInt8.self) == wanted.load(fromByteOffset: last, as: UInt8.self)
  }

  // MARK: Arithmetic

  /// a = b op c. What is not finite goes the slow way, which knows the message.
  @inline(__always)
  func combine(_ code: Code, _ right: UnsafePointer<Value>, _ op: (Double, Double) -> Double) -> Bool {
    guard case .number(let x) = self[Int(code.b)], case .number(let y) = right[Int(code.c)] else { return false }
    let result = op(x, y)
    guard result.isFinite else { return false }
    put(.number(result), code.a)
    return true
  }

  /// The remainder of small whole numbers, which is what scripts ask for.
  @inline(__always)
  func remainder(_ code: Code, _ right: UnsafePointer<Value>) -> Bool {
    guard case .number(let x) = self[Int(code.b)], case .number(let y) = right[Int(code.c)],
      x.sign == .plus, let a = x.smallWhole, let b = y.smallWhole, b > 0
    else { return false }
    put(.number(Double(a % b)), code.a)
    return true
  }

  @inline(__always)
  func negate(_ code: Code) -> Bool {
    guard case .number(let x) = self[Int(code.b)] else { return false }
    put(.number(-x), code.a)
    return true
  }

  @inline(__always)
  func invert(_ code: Code) -> Bool {
    guard case .bool(let x) = self[Int(code.b)] else { return false }
    put(.bool(!x), code.a)
    return true
  }

  // MARK: Comparisons

  @inline(__always)
  func compare(_ code: Code, _ op: (Double, Double) -> Bool) -> Bool {
    guard case .number(let x) = self[Int(code.b)], case .number(let y) = self[Int(code.c)] else { return false }
    put(.bool(op(x, y)), code.a)
    return true
  }

  /// A comparison and the jump behind it. `_fastPath` keeps the processor's prediction: chosen without
  /// a jump, the place to go on at would wait for the comparison, and all that follows with it.
  @inline(__always)
  func branch(
    _ code: Code, _ right: UnsafePointer<Value>, _ pc: inout Int, _ op: (Double, Double) -> Bool
  ) -> Bool {
    guard case .number(let x) = self[Int(code.a)], case .number(let y) = right[Int(code.b)] else { return false }
    if _fastPath(op(x, y)) { pc &+= Int(code.skip) } else { pc = Int(code.c) }
    return true
  }

  @inline(__always)
  func jump(_ code: Code, if wanted: Bool, _ pc: inout Int) -> Bool {
    guard case .bool(let condition) = self[Int(code.a)] else { return false }
    if _fastPath(condition != wanted) { pc &+= 1 } else { pc = Int(code.c) }
    return true
  }

  /// An iterator over the whole numbers from b to c, as `advance` counts them.
  @inline(__always)
  func iterateRange(_ code: Code) -> Bool {
    guard case .number(let lower) = self[Int(code.b)], case .number(let upper) = self[Int(code.c)],
      lower.isWholeBound, upper.isWholeBound
    else { return false }
    put(.none, code.a)
    put(.number(lower), code.a &+ 1)
    put(.number(upper - Double(1 - Int(code.count))), code.a &+ 2)
    return true
  }

  /// The next number of a range, which counts in the two registers behind the iterator's own.
  @inline(__always)
  func advance(_ code: Code, _ pc: inout Int) -> Bool {
    let iterator = self + Int(code.b)
    guard case .none = iterator[0], case .number(let x) = iterator[1], case .number(let last) = iterator[2]
    else { return false }
    if _slowPath(x > last) {
      pc = Int(code.c)
    } else {
      put(.number(x), code.a)
      (iterator + 1).initialize(to: .number(x + 1))
      pc &+= 1
    }
    return true
  }
}

extension Double {
  /// The whole number that this is, from 0 up to 2³¹. Beyond 2⁵² a double has no fraction: what is left
  /// of the sum's bits is the number, with no call and no trap. What is below zero, too large or not a
  /// number has bits outside of these.
  @inline(__always)
  var smallWhole: UInt32? {
    let moved = self + 0x1p52
    let bits = moved.bitPattern &- (0x1p52).bitPattern
    guard bits < 1 << 31, moved - 0x1p52 == self else { return nil }
    return UInt32(truncatingIfNeeded: bits)
  }
}

// What the loop does itself on lists and functions. A box is reached where it lies, without a further
// reference to it: a value's first word is the address of its box.
import AdamLibrary

extension UnsafeMutablePointer<Value> {
  /// The box of a value that is known to hold one of this class.
  @inline(__always)
  func box<Box: AnyObject>(_ type: Box.Type) -> Unmanaged<Box> {
    UnsafeRawPointer(self).load(as: Unmanaged<Box>.self)
  }

  /// Whether a holds the function b of the program whose constants these are.
  @inline(__always)
  func holdsFunction(_ code: Code, _ constants: UnsafePointer<Value>) -> Bool {
    guard case .function = self[Int(code.a)] else { return false }
    return (self + Int(code.a)).box(Closure.self)._withUnsafeGuaranteedRef { closure in
      guard let entry = closure.entry, closure.function == Int(code.b) else { return false }
      return Unmanaged<DecodedFunction>.fromOpaque(entry)._withUnsafeGuaranteedRef { $0.constants } == constants
    }
  }

  /// a = b[c]: one element of a list by a place from 0 on.
  @inline(__always)
  func element(_ code: Code) -> Bool {
    guard case .number(let x) = self[Int(code.c)] else { return false }
    return element(code, at: x)
  }

  /// a = b[c - k], where k is a constant.
  @inline(__always)
  func elementBefore(_ code: Code, _ constants: UnsafePointer<Value>) -> Bool {
    guard case .number(let x) = self[Int(code.c)], case .number(let k) = constants[Int(code.count)]
    else { return false }
    return element(code, at: x - k)
  }

  @inline(__always)
  private func element(_ code: Code, at x: Double) -> Bool {
    guard case .list = self[Int(code.b)], let place = x.smallWhole.map({ Int($0) }) else { return false }
    return (self + Int(code.b)).box(ListBox.self)._withUnsafeGuaranteedRef { list in
      guard place < list.elements.count else { return false }
      if case .number(let element) = list.elements[place] {
        put(.number(element), code.a)
      } else {
        self[Int(code.a)] = list.elements[place]
      }
      return true
    }
  }

  /// a[b] = c, where the list is held here alone.
  @inline(__always)
  func setElement(_ code: Code) -> Bool {
    guard case .number(let value) = self[Int(code.c)] else { return false }
    return setElement(code, to: value)
  }

  /// a[b] = c op d, by the arithmetic and the code of the replacement behind it.
  @inline(__always)
  func combine(
    _ code: Code, _ right: UnsafePointer<Value>, into codes: UnsafePointer<Code>, _ pc: inout Int,
    _ op: (Double, Double) -> Double
  ) -> Bool {
    guard case .number(let x) = self[Int(code.b)], case .number(let y) = right[Int(code.c)] else { return false }
    let result = op(x, y)
    guard result.isFinite, setElement(codes[pc &+ Int(code.count)], to: result) else { return false }
    pc &+= Int(code.skip)
    return true
  }

  @inline(__always)
  private func setElement(_ code: Code, to value: Double) -> Bool {
    guard case .list = self[Int(code.a)], case .number(let x) = self[Int(code.b)],
      let place = x.smallWhole, isAlone(code.a)
    else { return false }
    return (self + Int(code.a)).box(ListBox.self)._withUnsafeGuaranteedRef { list in
      guard place < list.elements.count else { return false }
      list.elements.withUnsafeMutableBufferPointer {
        $0.baseAddress?.put(.number(value), Int32(truncatingIfNeeded: place))
      }
      return true
    }
  }

  /// Appends the number c to the list a, where the list is held here alone.
  @inline(__always)
  func append(_ code: Code) -> Bool {
    guard case .list = self[Int(code.a)], case .number(let value) = self[Int(code.c)], isAlone(code.a)
    else { return false }
    return (self + Int(code.a)).box(ListBox.self)._withUnsafeGuaranteedRef { list in
      guard list.elements.count < ValueLimit.elements else { return false }
      list.elements.append(.number(value))
      return true
    }
  }

  /// Whether nothing else holds the list of a register.
  @inline(__always)
  private func isAlone(_ index: Int32) -> Bool {
    UnsafeMutableRawPointer(self + Int(index)).withMemoryRebound(to: ListBox.self, capacity: 1) {
      isKnownUniquelyReferenced(&$0.pointee)
    }
  }
}

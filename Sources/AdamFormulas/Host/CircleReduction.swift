// Angles brought into [−π/4, π/4], exactly enough for every Double (Payne and Hanek 1983).

extension HostMath {
  /// x = turns·π/2 + r with |r| ≤ π/4 (a hair more by rounding); turns counted modulo 4.
  static func quarterReduced(_ x: Double) -> (turns: Int, r: DoubleDouble) {
    if abs(x) <= 0.785398163397448 { return (0, DoubleDouble(x)) }
    let (turns, fraction) = turnFraction(abs(x))
    let r = fraction * DoubleDouble(1.5707963267948966, 6.123233995736766e-17)
    return x < 0 ? (-turns & 3, -r) : (turns, r)
  }

  /// x·2/π = 4·any + turns + fraction, |fraction| ≤ 1/2, for x > 0.7.
  private static func turnFraction(_ x: Double) -> (Int, DoubleDouble) {
    let bits = x.bitPattern
    let m = (bits & 0xF_FFFF_FFFF_FFFF) | 0x10_0000_0000_0000
    let exponent = Int(bits >> 52) - 1075
    // 192 bits of 2/π from the one that contributes 2 to the product; higher ones are whole turns.
    let offset = exponent + 62
    let (w0, w1, w2) = (window(offset), window(offset + 64), window(offset + 128))
    let p2 = m.multipliedFullWidth(by: w2)
    let p1 = m.multipliedFullWidth(by: w1)
    let (r1, carry) = p1.low.addingReportingOverflow(p2.high)
    let r0 = (m &* w0) &+ p1.high &+ (carry ? 1 : 0)
    var high = r0 &<< 2 | r1 &>> 62
    var low = r1 &<< 2 | p2.low &>> 62
    var turns = Int(r0 &>> 62)
    let isNegative = high >> 63 == 1
    if isNegative {
      turns += 1
      low = 0 &- low
      high = ~high &+ (low == 0 ? 1 : 0)
    }
    let upper = Double(high & ~0x7FF) * 0x1p-64
    let lower = Double(high & 0x7FF) * 0x1p-64 + Double(low) * 0x1p-128
    let fraction = DoubleDouble.sum(upper, lower)
    return (turns & 3, isNegative ? -fraction : fraction)
  }

  /// 64 bits of 2/π after `offset` bits, counting 64 zeros in front of the binary point.
  private static func window(_ offset: Int) -> UInt64 {
    let word = offset &>> 6, shift = UInt64(offset & 63)
    let first = twoOverPiWord(word) &<< shift
    return shift == 0 ? first : first | twoOverPiWord(word + 1) &>> (64 &- shift)
  }

  private static func twoOverPiWord(_ index: Int) -> UInt64 {
    switch index {
    case 1: 0xA2F9_836E_4E44_1529
    case 2: 0xFC27_57D1_F534_DDC0
    case 3: 0xDB62_9599_3C43_9041
    case 4: 0xFE51_63AB_DEBB_C561
    case 5: 0xB724_6E3A_424D_D2E0
    case 6: 0x0649_2EEA_09D1_921C
    case 7: 0xFE1D_EB1C_B129_A73E
    case 8: 0xE882_35F5_2EBB_4484
    case 9: 0xE99C_7026_B45F_7E41
    case 10: 0x3991_D639_8353_39F4
    case 11: 0x9C84_5F8B_BDF9_283B
    case 12: 0x1FF8_97FF_DE05_980F
    case 13: 0xEF2F_118B_5A0A_6D1F
    case 14: 0x6D36_7ECF_27CB_09B7
    case 15: 0x4F46_3F66_9E5F_EA2D
    case 16: 0x7527_BAC7_EBE5_F17B
    case 17: 0x3D07_39F7_8A52_92EA
    case 18: 0x6BFB_5FB1_1F8D_5D08
    case 19: 0x5603_3046_FC7B_6BAB
    case 20: 0xF0CF_BC20_9AF4_361D
    default: 0
    }
  }
}

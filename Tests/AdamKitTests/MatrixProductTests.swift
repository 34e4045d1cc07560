// `@` on vectors, matrices and stacks of matrices. The numbers are torch.matmul's and its gradients'.
import AdamTestSupport
import Testing

@testable import AdamKit

@Suite struct MatrixProductTests {
  private static let operands =
    "a = reshape(arange(12), [2, 2, 3]) - 4; b = reshape(arange(18), [3, 1, 3, 2]) / 8; v = [1, 2, 3]\n"

  private static func prints(_ script: String, _ output: String, _ place: SourceLocation = #_sourceLocation) {
    let run = ScriptRun(operands + script)
    #expect(run.messages == [], sourceLocation: place)
    #expect(run.output == output, sourceLocation: place)
  }

  @Test func `leading axes stretch to each other`() {
    Self.prints("y = a @ b; print y.shape, sum(y * y)", "[3, 2, 2, 2] 4517.5312\n")
    Self.prints("print (a @ [[1, 0], [0, 1], [1, 1]]).shape, (b @ [[1, 2, 3], [4, 5, 6]]).shape", "[2, 2, 2] [3, 1, 3, 3]\n")
  }

  @Test func `the axis of a vector leaves the result`() {
    Self.prints("print v @ b", "[[[2, 2.75]], [[6.5, 7.25]], [[11, 11.75]]]\n")
    Self.prints("print a @ v", "[[-16, 2], [20, 38]]\n")
  }

  @Test func `gradients go to both sides and add up where an axis was stretched`() {
    Self.prints(
      "print reshape(grad(fn(a) sum((a @ b)^2), a), [12])",
      "[-129.28125, -156.46875, -183.65625, 4.875, 6.375, 7.875, 139.03125, 169.21875, 199.40625, 273.1875, "
        + "332.0625, 390.9375]\n")
    Self.prints(
      "print reshape(grad(fn(b) sum((a @ b)^2), b), [18])",
      "[74, 110, 87, 127.5, 100, 145, 290, 326, 330, 370.5, 370, 415, 506, 542, 573, 613.5, 640, 685]\n")
    // One matrix for all rows: the chain of its gradient runs over them.
    Self.prints("w = [[1, 2], [3, 4], [5, 6]]; print grad(fn(w) sum((a @ w)^2), w)", "[[880, 1168], [1020, 1344], [1160, 1520]]\n")
  }

  @Test func `a stack has the bits of its matrices`() {
    let script = """
      for s in [[64, 16, 64], [5, 7, 3], [100, 33, 40], [13, 400, 31], [1, 3, 5], [12, 3, 1]] {
        a = randn(3, s[0], s[1]); b = randn(3, s[1], s[2])
        at = randn(3, s[1], s[0]); bt = randn(3, s[2], s[1])
        for i in 0..<3 {
          assert all((a @ b)[i] == a[i] @ b[i])
          assert all((a @ permute(bt, 0, 2, 1))[i] == a[i] @ transpose(bt[i]))
          assert all((permute(at, 0, 2, 1) @ b)[i] == transpose(at[i]) @ b[i])
        }
      }
      """
    #expect(ScriptRun(script).messages == [])
  }

  @Test func `the check knows the shape of a product`() {
    #expect(Said("x = randn(5, 2, 3) @ randn(4, 5, 3, 7); y = x + zeros(4, 5, 2, 8)", .checked).codes == ["E0304"])
    #expect(Said("x = randn(3) @ randn(5, 3, 7); y = x + zeros(6, 7)", .checked).codes == ["E0304"])
    #expect(Said("x = randn(5, 2, 3) @ randn(3); y = x + zeros(5, 3)", .checked).codes == ["E0304"])
  }

  @Test func `attention trains in an own layer`() {
    let script = """
      seed 0
      layer attention(n) {
        q = linear(n, n); k = linear(n, n); v = linear(n, n)
        fn(x) { w = softmax(q(x) @ transpose(k(x), 1, 2) / sqrt(n), axis=-1); w @ v(x) }
      }
      model = seq(reshape(3, 4), attention(4), flatten, linear(12, 1))
      data = (randn(8, 12), randn(8, 1)); loss = mse(); opt = adam(lr=0.01)
      r = train 20
      print r.losses[-1] < r.losses[0]
      """
    let run = ScriptRun(script)
    #expect(run.messages == [])
    #expect(run.output == "true\n")
  }
}

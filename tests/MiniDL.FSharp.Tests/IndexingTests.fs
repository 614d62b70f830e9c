namespace MiniDL.FSharp.Tests

open System
open MiniDL
open Xunit

module IndexingTests =

    [<Fact>]
    let ``numbers, ranges and masks index from F#`` () =
        let x = Tensor.Arange(6L).Reshape(2, 3)
        Assert.Equal(5L, x[1, 2].Item<int64>())
        Assert.Equal<int64[]>([| 3L; 4L; 5L |], x[1].ToArray<int64>())
        Assert.Equal<int64[]>([| 1L; 4L |], x[Range.All, 1].ToArray<int64>())
        Assert.Equal<int64[]>([| 4L; 5L |], x[x.Gt 3.0].ToArray<int64>())
        x[0, Index(1, true)] <- Tensor.Of 9L
        Assert.Equal(9L, x[0, 2].Item<int64>())

    [<Fact>]
    let ``creation and movement take F# arrays`` () =
        let x = Tensor.Of [| 1.0f; 2.0f |]
        Assert.Equal<int[]>([| 4; 2 |], Tensor.Stack([| x; x; x; x |]).Shape.ToArray())
        Assert.Equal<int[]>([| 2; 3 |], Tensor.Randn(2, 3).Shape.ToArray())
        Assert.Equal<float32[]>([| 2.0f; 1.0f |], x.Flip(0).ToArray<float32>())

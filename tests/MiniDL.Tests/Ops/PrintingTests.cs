using System.Globalization;

namespace MiniDL.Tests;

public class PrintingTests
{
    static string Print(Tensor x) => x.ToString();

    [Fact] public void NumbersOfOneWidth() => Assert.Equal("[1. 2. 3.]", Print(Tensor.Of([1f, 2, 3])));

    [Fact] public void PointsStandInOneColumn() => Assert.Equal("[ 1.    22.5    0.125]", Print(Tensor.Of([1f, 22.5f, 0.125f])));

    [Fact] public void SignsTakeAPlace() => Assert.Equal("[ 1.5 -2.  -0. ]", Print(Tensor.Of([1.5f, -2, -0f])));

    [Fact]
    public void MatricesAreLines() => Assert.Equal("""
        [[1. 2. 3.]
         [4. 5. 6.]]
        """, Print(Tensor.Of([[1f, 2, 3], [4, 5, 6]])));

    [Fact]
    public void MatricesOfABatchStandApart() => Assert.Equal("""
        [[[0 1]
          [2 3]]

         [[4 5]
          [6 7]]] Int64
        """, Print(Numbers.Count(2, 2, 2)));

    [Fact]
    public void FourAxesStandFurtherApart() => Assert.Equal("[[[[0 1]]]\n\n\n [[[2 3]]]] Int64", Print(Numbers.Count(2, 1, 1, 2)));

    [Fact] public void WholeNumbersAlignToTheRight() => Assert.Equal("[  1 -20 300] Int32", Print(Tensor.Of([1, -20, 300])));

    [Fact] public void TruthValuesAlign() => Assert.Equal("[ True False] Bool", Print(Tensor.Of([true, false])));

    [Fact] public void DoublesSayTheirType() => Assert.Equal("[0.1 0.2] Float64", Print(Tensor.Of([0.1, 0.2])));

    [Fact] public void FloatsHaveTheirOwnShortestDigits() => Assert.Equal("[0.1        0.33333334]", Print(Tensor.Of([0.1f, 1f / 3])));

    [Fact] public void EightDigitsAtMost() => Assert.Equal("[0.33333333 0.66666667] Float64", Print(Tensor.Of([1.0 / 3, 2.0 / 3])));

    [Fact] public void LargeNumbersInPowersOfTen() => Assert.Equal("[1.0e+08 2.5e+00]", Print(Tensor.Of([1e8f, 2.5f])));

    [Fact] public void SmallNumbersInPowersOfTen() => Assert.Equal("[1.e-05 2.e-05]", Print(Tensor.Of([1e-5f, 2e-5f])));

    [Fact] public void NumbersFarApartInPowersOfTen() => Assert.Equal("[1.00e-02 1.25e+02]", Print(Tensor.Of([0.01f, 125])));

    [Fact] public void ThreeDigitPowers() => Assert.Equal("[1.e+300 1.e-300] Float64", Print(Tensor.Of([1e300, 1e-300])));

    [Fact] public void NotANumberAndInfinity() => Assert.Equal("[ 1.5  nan  inf -inf]", Print(Tensor.Of([1.5f, float.NaN, float.PositiveInfinity, float.NegativeInfinity])));

    [Fact] public void OnlyInfinity() => Assert.Equal("[nan inf]", Print(Tensor.Of([float.NaN, float.PositiveInfinity])));

    [Fact] public void ASingleNumber() => Assert.Equal("3.0", Print(Tensor.Of(3f)));

    [Fact] public void ASingleFraction() => Assert.Equal("0.25", Print(Tensor.Of(0.25)));

    [Fact] public void ASingleSmallNumber() => Assert.Equal("1e-05", Print(Tensor.Of(1e-5f)));

    [Fact] public void ASingleWholeNumber() => Assert.Equal("-7", Print(Tensor.Of(-7L)));

    [Fact] public void ASingleTruthValue() => Assert.Equal("True", Print(Tensor.Of(true)));

    [Fact] public void AnEmptyVector() => Assert.Equal("[] shape [0]", Print(Tensor.Zeros(0)));

    [Fact] public void AnEmptyMatrixSaysItsShape() => Assert.Equal("[] shape [2,0] Int64", Print(Tensor.Zeros([2, 0], DType.Int64)));

    [Fact] public void ManyElementsShowTheirEdges() => Assert.Equal("[   0    1    2 ... 1998 1999 2000] Int64", Print(Tensor.Arange(2001)));

    [Fact]
    public void LargeMatricesShowTheirCorners() => Assert.Equal("""
        [[   0    1    2 ...   97   98   99]
         [ 100  101  102 ...  197  198  199]
         [ 200  201  202 ...  297  298  299]
         ...
         [9700 9701 9702 ... 9797 9798 9799]
         [9800 9801 9802 ... 9897 9898 9899]
         [9900 9901 9902 ... 9997 9998 9999]] Int64
        """, Print(Tensor.Arange(10000).Reshape(100, 100)));

    [Fact]
    public void ShortAxesAreWholeWhenOthersAreNot() => Assert.Equal("""
        [[   0    1]
         [   2    3]
         [   4    5]
         ...
         [1994 1995]
         [1996 1997]
         [1998 1999]] Int64
        """, Print(Tensor.Arange(2000).Reshape(1000, 2)));

    [Fact] public void AThousandElementsAreAllShown() => Assert.DoesNotContain("...", Print(Tensor.Arange(1000)));

    [Fact]
    public void LongRowsGoOnInTheNextLine() => Assert.Equal("""
        [ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23
         24 25 26 27 28 29] Int64
        """, Print(Tensor.Arange(30)));

    [Fact] public void ViewsPrintWhatTheyShow() => Assert.Equal("[[4 1]\n [5 2]] Int64", Print(Numbers.Count(2, 3)[.., 1..].Flip(0).T()));

    [Fact] public void Int64KeepsAllDigits() => Assert.Equal("[9007199254740993] Int64", Print(Tensor.Of([9007199254740993L])));

    [Fact] public void HalvesHaveTheirOwnDigits() => Assert.Equal("[0.1] Float16", Print(Tensor.Of([0.1f]).To(DType.Float16)));

    [Fact] public void AFormatHoldsForEachElement() => Assert.Equal("[ 1.50 -2.00   nan]", Tensor.Of([1.5f, -2, float.NaN]).ToString("F2", null));

    [Fact]
    public void TextDoesNotFollowTheCulture()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            Assert.Equal("1.2346", $"{Tensor.Of(1.23456):F4}");
            Assert.Equal("[1.5 2.5]", Print(Tensor.Of([1.5f, 2.5f])));
            Assert.Equal("1,234.5", string.Format(CultureInfo.CurrentCulture, "{0:N1}", Tensor.Of(1234.5)));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}

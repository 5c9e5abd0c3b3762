"""The prior of the ratios of reports to expectation."""

from typing import NamedTuple


class Prior(NamedTuple):
    """A mixture of two gamma distributions, of shape alpha and rate beta; `weight` is the share of the first."""

    alpha_1: float
    beta_1: float
    alpha_2: float
    beta_2: float
    weight: float

    def ordered(self) -> "Prior":
        """The same mixture with the component of the larger mean, which holds what is reported too often, first."""
        if self.alpha_1 / self.beta_1 >= self.alpha_2 / self.beta_2:
            return self
        return Prior(self.alpha_2, self.beta_2, self.alpha_1, self.beta_1, 1 - self.weight)

    def rounded(self) -> "Prior":
        """To 6 significant digits: the prior that is printed is the prior that is used."""
        return Prior(*(float(f"{value:.6g}") for value in self))

    def __str__(self) -> str:
        """As printed beside the numbers."""
        return f"alpha1 {self[0]:.6g}, beta1 {self[1]:.6g}, alpha2 {self[2]:.6g}, beta2 {self[3]:.6g}, P {self[4]:.6g}"


# DuMouchel W. Am Stat 1999;53:177-90. doi:10.1080/00031305.1999.10474456: the prior he found for the reports of the FDA.
DUMOUCHEL_1999 = Prior(0.2041, 0.05816, 1.415, 1.838, 0.0969)

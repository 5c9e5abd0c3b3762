"""Drugs outside the drug table: the ordinary rest of a reporting system, and misspelled names that nothing should code.

Generic names are real, brands are invented. A drug that the drug table lists is left out when names are drawn.
"""

from typing import NamedTuple


class Background(NamedTuple):
    """One drug outside the drug table."""

    ingredient: str
    indication: str
    route: str
    weight: float


def _drug(ingredient: str, indication: str, weight: float, route: str = "Oral") -> Background:
    return Background(ingredient, indication, route, weight)


BACKGROUND_DRUGS: dict[str, Background] = {
    "ADALIMUMAB": _drug("ADALIMUMAB", "Rheumatoid arthritis", 6, "Subcutaneous"),
    "ARTHRIVANT": _drug("ADALIMUMAB", "Psoriasis", 5, "Subcutaneous"),
    "ETANERCEPT": _drug("ETANERCEPT", "Rheumatoid arthritis", 4, "Subcutaneous"),
    "INFLIXIMAB": _drug("INFLIXIMAB", "Crohn^s disease", 3, "Intravenous (not otherwise specified)"),
    "METHOTREXATE": _drug("METHOTREXATE SODIUM", "Rheumatoid arthritis", 4),
    "PREDNISONE": _drug("PREDNISONE", "Inflammation", 4),
    "LENALIDOMIDE": _drug("LENALIDOMIDE", "Plasma cell myeloma", 3),
    "RITUXIMAB": _drug("RITUXIMAB", "Lymphoma", 2, "Intravenous (not otherwise specified)"),
    "PEMBROLIZUMAB": _drug("PEMBROLIZUMAB", "Non-small cell lung cancer", 2, "Intravenous (not otherwise specified)"),
    "PALBOCICLIB": _drug("PALBOCICLIB", "Breast cancer", 2),
    "METFORMIN": _drug("METFORMIN HYDROCHLORIDE", "Type 2 diabetes mellitus", 5),
    "GLUCORELL": _drug("METFORMIN HYDROCHLORIDE", "Type 2 diabetes mellitus", 2),
    "INSULIN GLARGINE": _drug("INSULIN GLARGINE", "Type 2 diabetes mellitus", 3, "Subcutaneous"),
    "LIRAGLUTIDE": _drug("LIRAGLUTIDE", "Type 2 diabetes mellitus", 2, "Subcutaneous"),
    "SITAGLIPTIN": _drug("SITAGLIPTIN PHOSPHATE", "Type 2 diabetes mellitus", 2),
    "AMLODIPINE": _drug("AMLODIPINE BESYLATE", "Hypertension", 4),
    "LISINOPRIL": _drug("LISINOPRIL", "Hypertension", 4),
    "LOSARTAN": _drug("LOSARTAN POTASSIUM", "Hypertension", 3),
    "^ACT LOSARTAN^": _drug("LOSARTAN POTASSIUM", "Hypertension", 0.3),
    "RAMIPRIL": _drug("RAMIPRIL", "Hypertension", 2),
    "HYDROCHLOROTHIAZIDE": _drug("HYDROCHLOROTHIAZIDE", "Hypertension", 2),
    "FUROSEMIDE": _drug("FUROSEMIDE", "Oedema", 3),
    "METOPROLOL": _drug("METOPROLOL SUCCINATE", "Hypertension", 3),
    "WARFARIN": _drug("WARFARIN SODIUM", "Atrial fibrillation", 3),
    "RIVAROXABAN": _drug("RIVAROXABAN", "Atrial fibrillation", 3),
    "APIXABAN": _drug("APIXABAN", "Atrial fibrillation", 2),
    "CLOPIDOGREL": _drug("CLOPIDOGREL BISULFATE", "Myocardial infarction", 2),
    "ASPIRIN": _drug("ASPIRIN", "Prophylaxis", 5),
    "OMEPRAZOLE": _drug("OMEPRAZOLE", "Gastrooesophageal reflux disease", 4),
    "PANTOPRAZOLE": _drug("PANTOPRAZOLE SODIUM", "Gastrooesophageal reflux disease", 3),
    "RANITIDINE": _drug("RANITIDINE HYDROCHLORIDE", "Dyspepsia", 1),
    "ALLOPURINOL": _drug("ALLOPURINOL", "Gout", 2),
    "IBUPROFEN": _drug("IBUPROFEN", "Pain", 3),
    "NAPROXEN": _drug("NAPROXEN SODIUM", "Pain", 2),
    "GABAPENTIN": _drug("GABAPENTIN", "Neuralgia", 3),
    "PREGABALIN": _drug("PREGABALIN", "Neuralgia", 3),
    "LEVETIRACETAM": _drug("LEVETIRACETAM", "Epilepsy", 2),
    "LAMOTRIGINE": _drug("LAMOTRIGINE", "Epilepsy", 2),
    "INTERFERON BETA-1A": _drug("INTERFERON BETA-1A", "Multiple sclerosis", 3, "Intramuscular"),
    "NATALIZUMAB": _drug("NATALIZUMAB", "Multiple sclerosis", 2, "Intravenous (not otherwise specified)"),
    "TERIPARATIDE": _drug("TERIPARATIDE", "Osteoporosis", 3, "Subcutaneous"),
    "ALENDRONATE": _drug("ALENDRONATE SODIUM", "Osteoporosis", 2),
    "VARENICLINE": _drug("VARENICLINE TARTRATE", "Smoking cessation therapy", 2),
    "ISOTRETINOIN": _drug("ISOTRETINOIN", "Acne", 2),
    "ETHINYLESTRADIOL AND LEVONORGESTREL": _drug("ETHINYL ESTRADIOL\\LEVONORGESTREL", "Contraception", 2),
    "MONTELUKAST": _drug("MONTELUKAST SODIUM", "Asthma", 2),
    "SALBUTAMOL": _drug("ALBUTEROL", "Asthma", 2, "Respiratory (inhalation)"),
    "FLUTICASONE AND SALMETEROL": _drug("FLUTICASONE PROPIONATE\\SALMETEROL XINAFOATE", "Asthma", 2, "Respiratory (inhalation)"),
    "CEFTRIAXONE": _drug("CEFTRIAXONE SODIUM", "Infection", 2, "Intravenous (not otherwise specified)"),
    "AMOXICILLIN": _drug("AMOXICILLIN", "Infection", 3),
    "CIPROFLOXACIN": _drug("CIPROFLOXACIN HYDROCHLORIDE", "Infection", 2),
    "VANCOMYCIN": _drug("VANCOMYCIN HYDROCHLORIDE", "Infection", 1, "Intravenous (not otherwise specified)"),
    "TACROLIMUS": _drug("TACROLIMUS", "Renal transplant", 2),
    "MYCOPHENOLATE MOFETIL": _drug("MYCOPHENOLATE MOFETIL", "Renal transplant", 2),
    "SOFOSBUVIR": _drug("SOFOSBUVIR", "Hepatitis C", 1),
    "FOLIC ACID": _drug("FOLIC ACID", "Supplementation therapy", 3),
    "VITAMIN D": _drug("CHOLECALCIFEROL", "Vitamin supplementation", 3),
    "RIBOFLAVIN 5^-PHOSPHATE": _drug("RIBOFLAVIN 5^-PHOSPHATE", "Vitamin supplementation", 0.2),
    "POTASSIUM CHLORIDE": _drug("POTASSIUM CHLORIDE", "Supplementation therapy", 1),
    "FERROUS SULFATE": _drug("FERROUS SULFATE", "Anaemia", 1),
    "ZOLMERIDE": _drug("ZOLMERIDE", "Insomnia", 1),
    "QUETIAPIEN": _drug("", "Schizophrenia", 0.15),
    "RISPERIDOL": _drug("", "Schizophrenia", 0.10),
    "HALOPERIDAL": _drug("", "Schizophrenia", 0.10),
    "ARIPRAZOLE": _drug("", "Bipolar disorder", 0.10),
    "NORVESTIN PLUS MULTIVITAMIN WITH MINERALS, IRON AND PROBIOTIC CULTURES EXTENDED R": _drug(
        "", "Supplementation therapy", 0.2
    ),
}

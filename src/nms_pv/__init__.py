"""Retrospective pharmacovigilance of neuroleptic malignant syndrome (NMS)."""

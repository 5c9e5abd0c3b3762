"""Are two drugs together reported with NMS more than each alone would explain?"""

"""What a study means: `study/` and `params.yaml`, read into frozen objects that refuse what they do not know."""

"""The chapter on attrition: what came in, what left and why, what stayed, for reports and for persons."""

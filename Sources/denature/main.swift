print("denature")
